"use strict";
/* Keys and small comforts. Every page works without it. */
(() => {
  const typing = (place) => place.closest("input, select, textarea, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tr[data-link]")];
  let leader = -Infinity; // when g was pressed

  const choose = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("chosen"));
    const next = Math.min(Math.max(now + step, 0), all.length - 1);
    if (now >= 0) all[now].classList.remove("chosen");
    const row = all[now < 0 ? 0 : next];
    row.classList.add("chosen");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const go = (key) => {
    const place = document.querySelector(`nav a[data-key="${CSS.escape(key)}"]`);
    if (place) location.assign(place.href);
  };

  const show = (id) => document.getElementById(id)?.showModal();

  document.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey || typing(press.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const led = press.timeStamp - leader < 1500;
    leader = -Infinity;
    if (led) return go(press.key);
    if (press.key === "g") leader = press.timeStamp;
    else if (press.key === "j") choose(1);
    else if (press.key === "k") choose(-1);
    else if (press.key === "?") show("keys");
    else if (press.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (!search) return;
      press.preventDefault();
      search.focus();
      search.select();
    } else if (press.key === "Enter") {
      const row = press.target.closest("tr[data-link]");
      if (row) location.assign(row.dataset.link);
    }
  });

  document.addEventListener("click", (press) => {
    const opener = press.target.closest("[data-open]");
    if (opener) show(opener.dataset.open);
    if (press.target.closest("[data-print]")) print();
  });
  document.addEventListener("change", (change) => {
    if (change.target.matches("[data-send]")) change.target.form.requestSubmit();
  });
  document.querySelector("header [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  for (const button of document.querySelectorAll("[data-sent]")) button.hidden = true;
  for (const opener of document.querySelectorAll("[data-open], [data-print]")) opener.hidden = false;
})();
