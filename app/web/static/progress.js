// Follows a pull without reloading the page. Stops when it is over; a failed fetch is simply tried again.
(() => {
  const place = document.getElementById("progress");
  if (!place) return;
  const isUnderWay = () => place.querySelector("[data-under-way]");

  async function look() {
    try {
      const answer = await fetch(place.dataset.part, { headers: { Accept: "text/html" } });
      if (answer.redirected) return location.reload();
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* offline for a moment */ }
    if (isUnderWay()) setTimeout(look, 1000);
  }

  if (isUnderWay()) setTimeout(look, 1000);
})();
