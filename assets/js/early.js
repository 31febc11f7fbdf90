// Runs before the first paint, so that components which need scripts do not jump when theirs arrives.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
