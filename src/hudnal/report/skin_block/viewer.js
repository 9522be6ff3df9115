(function () {
"use strict";
const root = document.getElementById("skin-view");
const find = (name) => root.querySelector(name);
const canvas = find("canvas"), slider = find(".skin-time"), cutter = find(".skin-cut"), play = find(".skin-play");
const unable = () => {
  find(".skin-unable").hidden = false;
  for (const e of root.querySelectorAll("canvas, .skin-fields, .skin-bar, .skin-controls, p.soft")) e.hidden = true;
};
const gl = canvas.getContext("webgl2", { premultipliedAlpha: true, antialias: false });
if (!gl || typeof DecompressionStream === "undefined") { unable(); return; }

const about = JSON.parse(find(".skin-about").textContent);
const [times, deep, high, wide] = about.shape, cells = deep * high * wide;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const vertex = `#version 300 es
in vec2 at; out vec2 spot; void main() { spot = at; gl_Position = vec4(at, 0., 1.); }`;
// Rays from the eye through the block, front to back: what is as usual is clear, layers have a faint tint.
const fragment = `#version 300 es
precision highp float; precision highp sampler3D;
in vec2 spot; out vec4 seen;
uniform sampler3D now, later; uniform sampler2D table; uniform float part, cut, zoom, aspect; uniform mat3 turn;
uniform vec3 size; uniform vec2 layers;
vec3 low, high;
float value(vec3 p) {
  vec3 q = vec3(p.x / size.x + .5, p.y / size.y + .5, .5 - p.z / size.z);
  return mix(texture(now, q).r, texture(later, q).r, part);
}
vec4 tint(float z) {
  float d = size.z * .5 - z;
  if (d < layers.x) return vec4(.91, .74, .58, 2.2);
  if (d > layers.y) return vec4(.93, .80, .45, .9);
  return vec4(.97, .92, .88, .1);
}
void main() {
  low = -size * .5; high = size * .5; low.y += cut * size.y;
  vec3 eye = turn * vec3(0., 0., 4.2) + (low + high) * .5;
  vec3 ray = normalize(turn * vec3(spot * vec2(aspect, 1.) * .38 / zoom / min(aspect * .77, 1.), -1.));
  vec3 a = (low - eye) / ray, b = (high - eye) / ray, n = min(a, b), f = max(a, b);
  float t = max(max(n.x, n.y), n.z), end = min(min(f.x, f.y), f.z);
  if (t >= end) { seen = vec4(0.); return; }
  float h = length(size) / 170.;
  vec3 first = eye + ray * t;
  vec4 sum = vec4(0.);
  // The face that the ray meets first is a cut: it shows what lies there.
  vec3 inside = first + ray * h * .3;
  vec4 c = texture(table, vec2(value(inside), .5)), g = tint(inside.z);
  vec3 face = mix(g.rgb, c.rgb, c.a); float cover = mix(clamp(g.a * .28, .05, .6), .88, c.a);
  sum += (1. - sum.a) * cover * vec4(face, 1.);
  t += h * fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453);
  for (int i = 0; i < 190; i++) {
    if (t >= end || sum.a > .985) break;
    vec3 p = eye + ray * t; float v = value(p);
    c = texture(table, vec2(v, .5)); g = tint(p.z);
    float dense = 1. - exp(-h * (c.a * 6. + g.a));
    vec3 colour = mix(g.rgb, c.rgb, c.a * 6. / (c.a * 6. + g.a));
    if (c.a > .08) {
      float s = .02; vec3 slope = vec3(value(p + vec3(s, 0, 0)), value(p + vec3(0, s, 0)), value(p + vec3(0, 0, s))) - v;
      if (dot(slope, slope) > 1e-6) colour *= .82 + .26 * abs(dot(normalize(slope), normalize(vec3(.4, -.5, .8))));
    }
    sum += (1. - sum.a) * dense * vec4(colour, 1.); t += h;
  }
  seen = sum;
}`;
const compiled = (kind, text) => { const s = gl.createShader(kind); gl.shaderSource(s, text); gl.compileShader(s); return s; };
// What lies behind the block and what lies before it is drawn as lines on sheets of their own: those stay sharp.
const stage = document.createElement("div");
canvas.replaceWith(stage); stage.style.position = "relative";
const sheets = ["behind", "before"].map((name) => {
  const sheet = document.createElement("canvas");
  sheet.setAttribute("aria-hidden", "true");
  sheet.style.cssText = "position:absolute;inset:0;pointer-events:none;z-index:" + (name === "behind" ? 0 : 2);
  return sheet;
});
canvas.style.position = "relative"; canvas.style.zIndex = "1"; stage.append(sheets[0], canvas, sheets[1]);
const program = gl.createProgram();
gl.attachShader(program, compiled(gl.VERTEX_SHADER, vertex));
gl.attachShader(program, compiled(gl.FRAGMENT_SHADER, fragment));
gl.linkProgram(program);
if (!gl.getProgramParameter(program, gl.LINK_STATUS)) { unable(); return; }
gl.useProgram(program);
gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
const at = gl.getAttribLocation(program, "at");
gl.enableVertexAttribArray(at); gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
const place = (name) => gl.getUniformLocation(program, name);
const soft = (target) => {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR); gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) gl.texParameteri(target, side, gl.CLAMP_TO_EDGE);
};
gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
const textures = ["now", "later", "table"].map((name, i) => {
  const texture = gl.createTexture(), target = i < 2 ? gl.TEXTURE_3D : gl.TEXTURE_2D;
  gl.activeTexture(gl.TEXTURE0 + i); gl.bindTexture(target, texture); soft(target); gl.uniform1i(place(name), i);
  return texture;
});
const scale = 2 / Math.max(about.size[0], about.size[1]);
const size = [about.size[0] * scale, about.size[0] * scale, about.size[1] * scale];
gl.uniform3fv(place("size"), size);
gl.uniform2f(place("layers"), about.junction * scale, about.dermis * scale);

let data = null, field = 0, loaded = "", yaw = 0.6, pitch = 0.95, zoom = 0.87, asked = false, playing = 0;
const draw = () => {
  asked = false;
  if (!data) return;
  const time = Number(slider.value), whole = Math.min(Math.floor(time), Math.max(times - 2, 0));
  const next = Math.min(whole + 1, times - 1), key = field + ":" + whole;
  if (key !== loaded) {
    [whole, next].forEach((step, i) => {
      const start = (field * times + step) * cells;
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.texImage3D(gl.TEXTURE_3D, 0, gl.R8, wide, high, deep, 0, gl.RED, gl.UNSIGNED_BYTE, data.subarray(start, start + cells));
    });
    loaded = key;
  }
  const ratio = Math.min(window.devicePixelRatio || 1, 1.5), w = Math.round(canvas.clientWidth * ratio), h = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  gl.viewport(0, 0, w, h); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT);
  const cy = Math.cos(yaw), sy = Math.sin(yaw), cp = Math.cos(pitch), sp = Math.sin(pitch);
  // Columns: right, up and towards the eye, in the block's own directions (x, y, and z upwards).
  const turned = [cy, sy, 0, -sy * cp, cy * cp, sp, sy * sp, -cy * sp, cp];
  gl.uniformMatrix3fv(place("turn"), false, turned); outline(turned, Number(cutter.value));
  gl.uniform1f(place("part"), times > 1 ? time - whole : 0); gl.uniform1f(place("cut"), Number(cutter.value));
  gl.uniform1f(place("zoom"), zoom); gl.uniform1f(place("aspect"), w / h);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
};
// The block's edges, its layers' borders on the faces that are seen, and names beside its left edge.
const outline = (turn, cut) => {
  const sharp = window.devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, aspect = w / h;
  const low = [-size[0] / 2, -size[1] / 2 + cut * size[1], -size[2] / 2], high = size.map((n) => n / 2);
  const middle = low.map((n, i) => (n + high[i]) / 2), eye = middle.map((n, i) => n + 4.2 * turn[6 + i]);
  const spread = 0.38 / zoom / Math.min(aspect * 0.77, 1);
  const spot = (p) => {
    const q = [0, 1, 2].map((k) => p.reduce((sum, n, i) => sum + turn[3 * k + i] * (n - eye[i]), 0));
    return [w / 2 * (1 - q[0] / q[2] / spread / aspect), h / 2 * (1 + q[1] / q[2] / spread)];
  };
  const faced = (axis, up) => (up ? eye[axis] > high[axis] : eye[axis] < low[axis]);
  const style = getComputedStyle(root), ink = style.getPropertyValue("--ink"), soft = style.getPropertyValue("--soft");
  const [behind, before] = sheets.map((sheet) => {
    sheet.width = Math.round(w * sharp); sheet.height = Math.round(h * sharp);
    const pen = sheet.getContext("2d");
    pen.scale(sharp, sharp); pen.lineCap = pen.lineJoin = "round";
    return pen;
  });
  const line = (pen, a, b, colour, width) => {
    pen.strokeStyle = colour; pen.lineWidth = width; pen.beginPath(); pen.moveTo(...spot(a)); pen.lineTo(...spot(b)); pen.stroke();
  };
  let left = null, foot = null;
  for (const axis of [0, 1, 2]) for (const p of [0, 1]) for (const q of [0, 1]) {
    const [i, k] = [0, 1, 2].filter((n) => n !== axis), a = [0, 0, 0];
    a[i] = p ? high[i] : low[i]; a[k] = q ? high[k] : low[k]; a[axis] = low[axis];
    const b = a.slice(); b[axis] = high[axis];
    const seen = faced(i, p) || faced(k, q);
    line(seen ? before : behind, a, b, seen ? ink : soft, seen ? 1.3 : 0.7);
    if (axis === 2 && seen && (!left || spot(a)[0] < spot(left)[0])) left = a;
    if (axis === 0 && !q && seen) { const m = spot([0, a[1], a[2]]); if (!foot || m[1] > foot[1]) foot = m; }
  }
  const borders = [about.junction, about.dermis].map((d) => high[2] - d * scale);
  for (const z of borders) for (const axis of [0, 1]) for (const up of [0, 1]) {
    if (!faced(axis, up)) continue;
    const a = [low[0], low[1], z], b = [high[0], high[1], z];
    a[axis] = b[axis] = up ? high[axis] : low[axis];
    line(before, a, b, "#9a6a4c", 0.7);
  }
  before.fillStyle = soft; before.font = "12px " + style.fontFamily; before.textBaseline = "middle"; before.textAlign = "right";
  const ends = [high[2], ...borders, low[2]];
  if (left) about.layers.forEach((name, i) => {
    const [x, y] = spot([left[0], left[1], (ends[i] + ends[i + 1]) / 2]);
    before.fillText(name, Math.max(x - 8, before.measureText(name).width + 1), y);
  });
  before.textAlign = "center";
  if (foot) before.fillText(about.across, foot[0], foot[1] + 16);
};
const ask = () => { if (!asked) { asked = true; requestAnimationFrame(draw); } };
const tell = () => {
  const text = about.times[Math.round(Number(slider.value))];
  find("output").textContent = text; slider.setAttribute("aria-valuetext", text); ask();
};
const choose = (i) => {
  field = i; const colours = bytes(about.fields[i].colours), stops = [];
  gl.activeTexture(gl.TEXTURE2);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours);
  for (let k = 0; k < 256; k += 15) stops.push(`rgb(${colours[4 * k]},${colours[4 * k + 1]},${colours[4 * k + 2]})`);
  find(".skin-bar i").style.background = `linear-gradient(to right,${stops.join(",")})`;
  const ends = root.querySelectorAll(".skin-bar span");
  ends[0].textContent = about.fields[i].low; ends[1].textContent = about.fields[i].high;
  root.querySelectorAll("[data-field]").forEach((b, k) => b.setAttribute("aria-pressed", String(k === i)));
  ask();
};
root.querySelectorAll("[data-field]").forEach((b, i) => b.addEventListener("click", () => choose(i)));
slider.addEventListener("input", tell); cutter.addEventListener("input", ask);
const turn = (x, y) => { yaw -= x; pitch = Math.min(Math.max(pitch - y, 0.05), 1.55); ask(); };
const nearer = (by) => { zoom = Math.min(Math.max(zoom * by, 0.6), 6); ask(); };
const fingers = new Map();
const spread = () => { const [p, q] = [...fingers.values()]; return Math.hypot(p.x - q.x, p.y - q.y); };
canvas.addEventListener("pointerdown", (e) => { fingers.set(e.pointerId, { x: e.clientX, y: e.clientY }); canvas.setPointerCapture(e.pointerId); });
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (e) => fingers.delete(e.pointerId));
canvas.addEventListener("pointermove", (e) => {
  const was = fingers.get(e.pointerId);
  if (!was) return;
  const before = fingers.size === 2 ? spread() : 0;
  fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
  if (fingers.size === 2) { if (before) nearer(spread() / before); } else turn((e.clientX - was.x) * 0.008, (e.clientY - was.y) * 0.008);
});
// The page scrolls past the block, unless somebody has taken hold of it.
canvas.addEventListener("wheel", (e) => {
  if (!e.ctrlKey && document.activeElement !== canvas) return;
  e.preventDefault(); nearer(Math.exp(-e.deltaY * 0.0012));
}, { passive: false });
canvas.addEventListener("keydown", (e) => {
  const keys = { ArrowLeft: () => turn(-0.08, 0), ArrowRight: () => turn(0.08, 0), ArrowUp: () => turn(0, -0.08), ArrowDown: () => turn(0, 0.08), "+": () => nearer(1.15), "-": () => nearer(1 / 1.15) };
  if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
});
const run = (stamp) => {
  if (!playing) return;
  const value = Number(slider.value) + (stamp - playing) / 1400;
  playing = stamp; slider.value = String(Math.min(value, times - 1)); tell();
  if (value >= times - 1) { playing = 0; play.textContent = about.play; } else requestAnimationFrame(run);
};
play.addEventListener("click", () => {
  if (playing) { playing = 0; play.textContent = about.play; return; }
  if (Number(slider.value) >= times - 1) slider.value = "0";
  play.textContent = about.pause;
  requestAnimationFrame((stamp) => { playing = stamp; requestAnimationFrame(run); });
});
new ResizeObserver(ask).observe(canvas);
const stream = new Blob([bytes(find(".skin-data").textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
new Response(stream).arrayBuffer().then((buffer) => {
  data = new Uint8Array(buffer); choose(0); slider.value = "0"; tell();
}, unable);
})();
