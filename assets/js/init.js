import { CharacterCount, initAll } from "./govuk-frontend.min.js";

// As the server counts them (`kernel/text.py`): runs of anything between white space, if any of it shows.
const shows = /[^\p{Default_Ignorable_Code_Point}\u2800]/u;
const countWords = (text) => text.split(/[^\S\ufeff]+/).filter((word) => shows.test(word)).length;

// GOV.UK's own count takes a mark that nobody sees for a word.
CharacterCount.prototype.updateCount = function () {
  const text = this.$textarea.value;
  this.count = this.config.maxwords ? countWords(text) : text.length;
};

initAll();

// How many words a text has that needs so many: the server's own line below it, counted as one types.
for (const text of document.querySelectorAll("[data-least-words]")) {
  const line = document.getElementById(`${text.id}-count`);
  text.addEventListener("input", () => {
    const words = countWords(text.value);
    const short = text.dataset.leastWords - words;
    const said = `${words.toLocaleString("en-GB")}\u00a0word${words === 1 ? "" : "s"}`;
    line.textContent = short > 0 ? `${said}. ${short} more needed.` : `${said}, enough.`;
  });
}
