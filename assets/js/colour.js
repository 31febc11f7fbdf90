// Shows as one types or picks whether a colour can be read. The server decides, by the same measure.
const WHITE = "#ffffff";
const STONE = "#f5f3ef";
const ENOUGH = 4.5;
const field = document.getElementById("brand");
const told = document.getElementById("brand-live");
const sample = document.getElementById("brand-sample");
const well = document.getElementById("brand-well");

function tidy(text) {
  const bare = text.trim().toLowerCase().replace(/^#/, "");
  const full = bare.length === 3 ? [...bare].map((c) => c + c).join("") : bare;
  return /^[0-9a-f]{6}$/.test(full) ? `#${full}` : "";
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function show() {
  const colour = tidy(field.value);
  if (!colour) {
    sample.hidden = true;
    told.textContent = "Six letters and digits make a colour, like #5b2470.";
    return;
  }
  const ratio = Math.min(contrast(colour, WHITE), contrast(colour, STONE));
  const figure = (Math.floor(ratio * 10) / 10).toFixed(1);
  told.textContent =
    ratio < ENOUGH
      ? `Too light to read: ${figure} to 1. Words need ${ENOUGH} to 1, so choose a darker one.`
      : `Easy to read: ${figure} to 1. Words need ${ENOUGH} to 1.`;
  sample.hidden = ratio < ENOUGH;
  sample.style.setProperty("--pf-brand", colour);
  well.value = colour;
}

field.addEventListener("input", show);
well.addEventListener("input", () => {
  field.value = well.value;
  show();
});
well.closest("[hidden]").hidden = false;
document.getElementById("brand-now").hidden = true; // the line beside the colour says it as one picks
show();
