import { initAll } from "./govuk-frontend.min.js";

initAll();

// How many words a text has that needs so many: the server's own line below it, counted as one types.
for (const text of document.querySelectorAll("[data-least-words]")) {
  const line = document.getElementById(`${text.id}-count`);
  text.addEventListener("input", () => {
    const words = text.value.split(/\s+/).filter(Boolean).length;
    const short = text.dataset.leastWords - words;
    const said = `${words}\u00a0word${words === 1 ? "" : "s"}`;
    line.textContent = short > 0 ? `${said}. ${short} more needed.` : `${said}, enough.`;
  });
}
