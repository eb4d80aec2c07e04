/// The script that shows values under the pointer; a page without it says the same.
///
/// It reads the drawn paths back, so the page carries no second copy of the data, and what it
/// shows is as exact as a tenth of a unit of the drawing.
enum ReadoutScript {
  static let source = """

    "use strict";
    const box = document.createElement("div");
    box.className = "readout";
    box.hidden = true;
    box.setAttribute("aria-hidden", "true");
    document.body.append(box);

    function points(path) {
      const result = [];
      let x = 0, y = 0;
      for (const [, command, rest] of path.getAttribute("d").matchAll(/([Mlhv])([^Mlhv]*)/g)) {
        const numbers = (rest.match(/-?\\d*\\.?\\d+/g) || []).map(Number);
        if (command === "M") { [x, y] = numbers; result.push([x, y, true]); }
        if (command === "h") { x += numbers[0]; result.push([x, y]); }
        if (command === "v") { y += numbers[0]; result.push([x, y]); }
        if (command === "l") {
          for (let i = 0; i < numbers.length; i += 2) {
            x += numbers[i];
            y += numbers[i + 1];
            result.push([x, y]);
          }
        }
      }
      return result;
    }

    function heightAt(line, x) {
      let found = null;
      for (let i = 0; i < line.length; i++) {
        if (line[i][0] > x + 0.5) {
          if (i && !line[i][2] && line[i - 1][0] <= x) {
            const share = (x - line[i - 1][0]) / (line[i][0] - line[i - 1][0]);
            return line[i - 1][1] + share * (line[i][1] - line[i - 1][1]);
          }
          break;
        }
        if (line[i][0] >= x - 0.5) found = line[i][1];
      }
      return found;
    }

    for (const svg of document.querySelectorAll("svg[data-plot]")) {
      const [left, top, right, bottom] = svg.dataset.plot.split(" ").map(Number);
      const [first, last] = svg.dataset.steps.split(" ").map(Number);
      const [low, high] = svg.dataset.values.split(" ").map(Number);
      const digits = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10((high - low) / 10))));
      const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: digits });
      const format = value =>
        numbers.format(value).replaceAll(",", "\\u202f").replace("-", "\\u2212");
      const cursor = svg.querySelector(".cursor");
      let lines = null;
      const hide = () => { box.hidden = true; cursor.setAttribute("d", ""); };
      svg.addEventListener("pointerleave", hide);
      svg.addEventListener("pointermove", event => {
        lines ??= [...svg.querySelectorAll("[data-name]")].map(path => ({
          name: path.dataset.name, colour: getComputedStyle(path).color, line: points(path) }));
        const frame = svg.getBoundingClientRect();
        const scale = svg.viewBox.baseVal.width / frame.width;
        const x = (event.clientX - frame.left) * scale;
        const y = (event.clientY - frame.top) * scale;
        if (x < left || x > right || y < top || y > bottom) { hide(); return; }
        const near = lines.map(one => ({ ...one, y: heightAt(one.line, x) }))
          .filter(one => one.y !== null)
          .sort((a, b) => Math.abs(a.y - y) - Math.abs(b.y - y)).slice(0, 8)
          .sort((a, b) => a.y - b.y);
        const step = Math.round(first + (x - left) / (right - left) * (last - first));
        const title = document.createElement("div");
        title.textContent = (svg.dataset.axis || "step") + " " + format(step);
        box.replaceChildren(title);
        for (const one of near) {
          const row = document.createElement("div");
          const sample = document.createElement("i");
          const name = document.createElement("span");
          const value = document.createElement("b");
          sample.style.color = one.colour;
          name.textContent = one.name;
          value.textContent =
            format(low + (bottom - one.y) / (bottom - top) * (high - low));
          row.append(sample, name, value);
          box.append(row);
        }
        cursor.setAttribute("d", `M${x} ${top}V${bottom}`);
        box.hidden = false;
        const room = document.documentElement.clientWidth;
        const beside = event.clientX + 16 + box.offsetWidth < room
          ? event.clientX + 16 : Math.max(4, event.clientX - 16 - box.offsetWidth);
        box.style.left = beside + window.scrollX + "px";
        box.style.top = event.clientY + 16 + window.scrollY + "px";
      });
    }

    """
}
