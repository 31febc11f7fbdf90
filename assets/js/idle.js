// Warns before an unused session ends. The server alone counts, and keeps what is sent too late anyway.
const WARN_AFTER = 40 * 60 * 1000; // the server notes activity every 15 minutes and waits an hour from there
const warning = document.getElementById("idle-warning");

function wait() {
  warning.hidden = true;
  setTimeout(() => {
    warning.hidden = false;
  }, WARN_AFTER);
}

warning.querySelector("button").addEventListener("click", async () => {
  const answer = await fetch("/account/stay");
  if (answer.ok && !answer.redirected) wait();
});
wait();
