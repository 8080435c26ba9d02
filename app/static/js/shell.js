// Keyboard: "/" and Ctrl-K go to the search field, Escape leaves it, arrows walk through what was found.
(() => {
  const field = document.getElementById("q");
  const found = document.getElementById("found");
  const typing = (element) => element.matches?.("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (field && (palette || (event.key === "/" && !typing(event.target)))) {
      event.preventDefault();
      field.focus();
      field.select();
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.me[open]").forEach((menu) => { menu.open = false; });
      if (found) found.replaceChildren();
      if (document.activeElement === field) field.blur();
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found?.childElementCount) {
      const stops = [field, ...found.querySelectorAll("a")];
      const at = stops.indexOf(document.activeElement);
      if (at < 0) return;
      event.preventDefault();
      stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
    }
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.me[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (found && !event.target.closest(".find")) found.replaceChildren();
  });

  // A form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // A select or a box marked so sends its form of filters at once; without a script the button does.
  document.querySelectorAll("form.filters select, form.filters input[type='checkbox']").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
})();
