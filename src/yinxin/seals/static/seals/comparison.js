"use strict";

// 辅助比对: the specimen and the imprint on one canvas. Both pictures share the specimen's frame,
// so that a pixel of one is a pixel of the other; pictures are drawn at 300 dpi.

const MM_PER_PX = 25.4 / 300;
const MODES = ["overlay", "flicker", "fold", "difference", "beside"];
const FLICKER_MS = 500;

document.querySelectorAll("[data-bench]").forEach((bench) => {
  bench.addEventListener("toggle", () => bench.open && start(bench), { once: true });
});

async function start(bench) {
  const [specimen, imprint] = await Promise.all([load(bench.dataset.specimen), load(bench.dataset.imprint)]);
  const canvas = bench.querySelector("canvas");
  const fit = Math.min(canvas.width / specimen.width, canvas.height / specimen.height) * 0.9;
  const fresh = { turn: 0, zoom: 1, clear: 0.5, foldx: 0.5, foldy: 0.5, ruler: false };
  const view = { ...fresh, x: 0, y: 0, mode: "overlay", light: true, ends: ruler(specimen), end: 0 };
  const parts = { canvas, specimen, imprint, fit, told: bench.querySelector("[data-told]") };
  const show = () => draw(parts, view);
  const inputs = [...bench.querySelectorAll("[data-set]")];

  const set = (name, value) => {
    const input = inputs.find((each) => each.dataset.set === name);
    if (input.type === "checkbox") view[name] = input.checked = value;
    else {
      input.value = value;
      view[name] = Number(input.value);
      bench.querySelector(`[data-of=${name}]`).textContent = input.value;
    }
    show();
  };
  inputs.forEach((input) =>
    input.addEventListener("input", () => set(input.dataset.set, input.type === "checkbox" ? input.checked : input.value))
  );
  bench.querySelectorAll("[type=radio]").forEach((radio) =>
    radio.addEventListener("change", () => { view.mode = radio.value; show(); })
  );
  bench.querySelector("[data-reset]").addEventListener("click", () => {
    Object.assign(view, { x: 0, y: 0, ends: ruler(specimen) });
    Object.entries(fresh).forEach(([name, value]) => set(name, value));
  });
  canvas.addEventListener("keydown", (event) => key(event, bench, view, set, show));
  canvas.addEventListener("click", (event) => {
    if (!view.ruler) return;
    view.ends[view.end] = place(parts, view, event);
    view.end = 1 - view.end;
    show();
  });
  setInterval(() => {
    if (view.mode !== "flicker" || !bench.open) return;
    view.light = !view.light;
    show();
  }, FLICKER_MS);
  show();
}

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
}

const ruler = (image) => [[image.width * 0.1, image.height / 2], [image.width * 0.9, image.height / 2]];

function key(event, bench, view, set, show) {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const mode = MODES[Number(event.key) - 1];
  if (moves[event.key]) {
    const step = event.shiftKey ? 10 : 1;
    const [x, y] = moves[event.key].map((each) => each * step);
    if (view.ruler) view.ends[view.end] = [view.ends[view.end][0] + x, view.ends[view.end][1] + y];
    else { view.x += x; view.y += y; }
    show();
  } else if (mode) bench.querySelector(`[value=${mode}]`).click();
  else if (event.key === "+" || event.key === "=") set("zoom", view.zoom + 0.1);
  else if (event.key === "-") set("zoom", view.zoom - 0.1);
  else if (event.key === "[") set("turn", view.turn - 0.5);
  else if (event.key === "]") set("turn", view.turn + 0.5);
  else if (event.key === " " && view.ruler) view.end = 1 - view.end;
  else return;
  event.preventDefault();
}

// From the frame of the pictures to the canvas, and the way back for a click.
function frame({ canvas, specimen, fit }, view) {
  const scale = fit * view.zoom;
  return { scale, left: (canvas.width - specimen.width * scale) / 2, top: (canvas.height - specimen.height * scale) / 2 };
}

function place(parts, view, event) {
  const box = parts.canvas.getBoundingClientRect();
  const { scale, left, top } = frame(parts, view);
  const at = (where, from, size, inner, edge) => (((where - from) / size) * inner - edge) / scale;
  return [
    at(event.clientX, box.left, box.width, parts.canvas.width, left),
    at(event.clientY, box.top, box.height, parts.canvas.height, top),
  ];
}

function draw(parts, view) {
  const { canvas, specimen } = parts;
  const { scale, left, top } = frame(parts, view);
  const on = canvas.getContext("2d");
  on.setTransform(1, 0, 0, 1, 0, 0);
  on.fillStyle = "#fff";
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.setTransform(scale, 0, 0, scale, left, top);
  on.imageSmoothingEnabled = scale < 3;
  modes[view.mode](on, parts, view);
  on.setTransform(scale, 0, 0, scale, left, top);
  parts.told.textContent = "";
  if (view.ruler) measure(on, parts, view, scale);
  on.strokeStyle = "#dfe4ea";
  on.lineWidth = 1 / scale;
  on.strokeRect(0, 0, specimen.width, specimen.height);
}

const modes = {
  overlay(on, { specimen, imprint }, view) {
    on.drawImage(specimen, 0, 0);
    on.globalCompositeOperation = "multiply";
    on.globalAlpha = 1 - view.clear;
    on.filter = "hue-rotate(180deg)"; // red ink turns cyan, so that what is missing stays red
    turned(on, imprint, specimen, view);
    rest(on);
  },
  flicker(on, { specimen, imprint }, view) {
    if (view.light) on.drawImage(specimen, 0, 0);
    else turned(on, imprint, specimen, view);
  },
  // Two opposite quarters show the specimen, the others the imprint: strokes must run on.
  fold(on, { specimen, imprint }, view) {
    const [x, y] = [specimen.width * view.foldx, specimen.height * view.foldy];
    on.drawImage(specimen, 0, 0);
    on.save();
    on.beginPath();
    on.rect(x, 0, specimen.width - x, y);
    on.rect(0, y, x, specimen.height - y);
    on.clip();
    on.fillStyle = "#fff";
    on.fillRect(0, 0, specimen.width, specimen.height);
    turned(on, imprint, specimen, view);
    on.restore();
  },
  difference(on, { specimen, imprint }, view) {
    on.drawImage(specimen, 0, 0);
    on.globalCompositeOperation = "difference";
    turned(on, imprint, specimen, view);
    on.fillStyle = "#fff";
    on.fillRect(0, 0, specimen.width, specimen.height);
    rest(on);
  },
  beside(on, { specimen, imprint }, view) {
    on.translate(0, specimen.height / 4);
    on.scale(0.5, 0.5);
    on.drawImage(specimen, 0, 0);
    on.translate(specimen.width, 0);
    turned(on, imprint, specimen, view);
  },
};

function turned(on, imprint, specimen, view) {
  on.save();
  on.translate(specimen.width / 2 + view.x, specimen.height / 2 + view.y);
  on.rotate((view.turn * Math.PI) / 180);
  on.drawImage(imprint, -imprint.width / 2, -imprint.height / 2);
  on.restore();
}

function rest(on) {
  on.globalCompositeOperation = "source-over";
  on.globalAlpha = 1;
  on.filter = "none";
}

function measure(on, { told }, view, scale) {
  const [[x1, y1], [x2, y2]] = view.ends;
  on.strokeStyle = on.fillStyle = "#1d5a96";
  on.lineWidth = 2 / scale;
  on.beginPath();
  on.moveTo(x1, y1);
  on.lineTo(x2, y2);
  on.stroke();
  view.ends.forEach(([x, y], end) => {
    const size = (end === view.end ? 10 : 6) / scale;
    on.fillRect(x - size / 2, y - size / 2, size, size);
  });
  told.textContent = `${(Math.hypot(x2 - x1, y2 - y1) * MM_PER_PX).toFixed(2)} mm`;
}
