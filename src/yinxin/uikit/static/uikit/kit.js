"use strict";

// Pages work without this file; it saves keystrokes.

const typing = (element) => element.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // an IME composes
  const target = event.target;
  if (event.key === "/" && !typing(target)) {
    const search = document.querySelector("[name=q]");
    if (search && search.offsetParent) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "Escape") {
    document.querySelectorAll("details.drop[open]").forEach((drop) => {
      const inside = drop.contains(document.activeElement);
      drop.open = false;
      if (inside) drop.querySelector("summary").focus();
    });
    if (location.hash === "#menu") location.hash = "content";
  } else if (event.key === "Enter") {
    enter(event);
  }
});

function enter(event) {
  const target = event.target;
  const form = target.form || document.querySelector("form[data-flow]");
  if (!form || !form.matches("[data-flow]")) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    if (!event.repeat) form.requestSubmit(form.querySelector("button[name=step]"));
  } else if (target.matches("input:not([type=file]), select")) {
    event.preventDefault();
    const stops = [...form.elements].filter(
      (each) => each.matches("input, select, textarea, button") && each.type !== "hidden" && !each.disabled
    );
    const next = stops[stops.indexOf(target) + 1];
    if (next) next.focus();
    if (next && next.select) next.select();
  }
}

document.addEventListener("focusout", ({ target }) => {
  if (!target.matches("[data-money]")) return;
  const typed = target.value.normalize("NFKC").replace(/[,\s]/g, "");
  if (/^-?\d+(\.\d*)?$/.test(typed)) {
    target.value = typed.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
  }
});

document.addEventListener("change", ({ target }) => {
  const boxes = [...document.querySelectorAll("input[name=selected]")];
  if (target.matches("[data-tick-all]")) boxes.forEach((box) => (box.checked = target.checked));
  else if (!boxes.includes(target)) return;
  const ticked = document.querySelector("[data-ticked]");
  const count = boxes.filter((box) => box.checked).length;
  if (!ticked) return;
  ticked.hidden = !count;
  ticked.querySelector("b").textContent = count;
});

document.addEventListener("click", ({ target }) => {
  document.querySelectorAll("details.drop[open]").forEach((drop) => {
    if (!drop.contains(target)) drop.open = false;
  });
  if (target.closest("[data-print]")) window.print();
});

document.addEventListener("DOMContentLoaded", () => {
  const notice = document.querySelector("[data-focus]");
  if (notice) notice.focus();
});
