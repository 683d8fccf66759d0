// Refreshes the preview while a text is typed, and completes variables after "{{". The page works without it.
(() => {
  const form = document.querySelector("form[data-preview]");
  const place = document.getElementById("preview");
  if (!form || !place) return;
  const variables = [...document.querySelectorAll("#variables code")].map((code) => code.textContent);
  let step = Number(form.querySelector("details[data-step][open]")?.dataset.step ?? 0);
  let waiting;
  let latest = 0;

  async function refresh() {
    const mine = ++latest;
    const typed = new FormData(form);
    typed.set("place", step);
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(typed) });
      if (answer.ok && !answer.redirected && mine === latest) place.innerHTML = await answer.text();
    } catch { /* the button still works */ }
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 400);
  }

  form.addEventListener("input", soon);
  form.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.dataset.step) follow(event.target);
  }, true);
  form.addEventListener("focusin", (event) => follow(event.target.closest("[data-step]")));

  function follow(field) {
    if (!field || Number(field.dataset.step) === step) return;
    step = Number(field.dataset.step);
    soon();
  }

  // The rest of a name that can only mean one variable is offered as selected text: typing on replaces it,
  // Tab or the right arrow takes it.
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("[data-words]") || event.inputType !== "insertText") return;
    const at = field.selectionStart;
    const begun = /\{\{\s*([a-z_]+)$/.exec(field.value.slice(0, at))?.[1];
    const meant = begun ? variables.filter((name) => name.startsWith(begun)) : [];
    if (meant.length !== 1 || meant[0] === begun) return;
    field.setRangeText(`${meant[0].slice(begun.length)} }}`, at, at, "start");
    field.setSelectionRange(at, at + meant[0].length - begun.length + 3);
  });
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Tab" || event.shiftKey || !field.matches("[data-words]")) return;
    if (!field.value.slice(field.selectionStart, field.selectionEnd).endsWith(" }}")) return;
    event.preventDefault();
    field.setSelectionRange(field.selectionEnd, field.selectionEnd);
  });
})();
