// Asks before one leaves a page on which something was written and not sent. What was sent is the server's to keep.
const refused = document.querySelector(".govuk-error-summary") !== null; // shown again as typed, and not saved
let sent = null;

const written = (field) =>
  field.matches('textarea:not([readonly]), input[type="text"]') &&
  (field.value !== field.defaultValue || (refused && field.value.trim() !== ""));

const forms = [...document.querySelectorAll('form[method="post"]')].filter((form) =>
  form.querySelector("textarea:not([readonly])"),
);

function ask(event) {
  if (forms.some((form) => form !== sent && [...form.elements].some(written))) event.preventDefault();
}

for (const form of forms) form.addEventListener("input", () => addEventListener("beforeunload", ask));
addEventListener("submit", (event) => {
  sent = event.target;
});
