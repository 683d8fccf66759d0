// Keyboard in tables: j and k walk the rows, Enter follows the row's link (it has the focus), / goes to the search.
(() => {
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  function walk(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    const link = next.querySelector("a.row-link") || next.querySelector("a, input");
    if (link) {
      link.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
})();
