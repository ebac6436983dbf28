// Tries the page of `history html` in a browser, as somebody with a mouse, with a keyboard and with a screen reader would, in light
// and in dark. Prints how long it took to load and to search; is red for what is wrong, and for no time.
//
//     node .ci/history-page.mjs PAGE [FOLDER FOR SCREENSHOTS]
//
// Needs puppeteer-core and axe-core beside this file or in NODE_PATH, and Chromium.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve(process.env.NODE_PATH ?? import.meta.dirname, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [page_file, folder] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const text = (page, selector) => page.$eval(selector, (node) => node.textContent);
const range = (page) => page.evaluate(() => ["from", "to"].map((id) => Number(document.getElementById(id).value)));

for (const scheme of ["light", "dark"]) {
  const page = await browser.newPage();
  // axe is put into a page that allows no scripts of others.
  await page.setBypassCSP(true);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => request.url().startsWith("file:") || problems.push("it asks for " + request.url()));
  await page.setViewport({ width: 1280, height: 860 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);

  const began = performance.now();
  await page.goto("file://" + path.resolve(page_file), { waitUntil: "load" });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const loaded = performance.now() - began;

  const searches = await page.evaluate(async () => {
    const input = document.getElementById("search");
    const times = [];
    for (const words of ["r", "rou", "routine/4", "routine/49", "zzz", "", "package-3"]) {
      const began = performance.now();
      input.value = words;
      input.dispatchEvent(new Event("input"));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - began);
    }
    return times;
  });
  const [shown, all] = (await text(page, "#count")).match(/[\d,]+/g).map((number) => Number(number.replaceAll(",", "")));
  const listed = await page.$$eval("#list li", (items) => items.filter((item) => item.offsetParent !== null).length);
  assert.ok(shown > 0 && shown < all, `${shown} of ${all} are called package-3`);
  assert.equal(listed, shown, "as many are seen as are said to be");

  // A benchmark is found by what it was called, and says so; the others were never called anything else.
  const called = () => page.$eval("#formerly", (node) => (node.offsetParent ? node.textContent : ""));
  const choose = (words) => page.evaluate((words) => {
    const input = document.getElementById("search");
    input.value = words;
    input.dispatchEvent(new Event("input"));
    [...document.querySelectorAll("#list li")].find((item) => item.offsetParent !== null).querySelector("button").click();
  }, words);
  await choose("memory/first");
  assert.match(await called(), /^Called package-1\/memory\/first before .+, then package-1\/memory\/second before .+$/);
  if (folder) await page.screenshot({ path: path.join(folder, `history-renamed-${scheme}.png`) });
  await choose("routine/2");
  assert.equal(await called(), "");

  // puppeteer focuses no SVG.
  const focus = () => page.evaluate(() => document.querySelector("#chart svg").focus());
  // By keyboard: the newest commit, and the one before.
  await focus();
  await page.keyboard.press("End");
  const newest = await text(page, "#point");
  await page.keyboard.press("ArrowLeft");
  const before = await text(page, "#point");
  assert.ok(newest.includes(" at ") && before.includes(" at ") && newest !== before, `${newest}; ${before}`);

  // By mouse: dragging chooses a range, and Escape gives everything back.
  const everything = await range(page);
  const box = await (await page.$("#chart svg")).boundingBox();
  await page.mouse.move(box.x + 300, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, box.y + 120, { steps: 4 });
  await page.mouse.up();
  const [from, to] = await range(page);
  assert.ok(from > everything[0] && from < to && to < everything[1], `${from} to ${to}`);
  await focus();
  await page.keyboard.press("Escape");
  assert.deepEqual(await range(page), everything);
  if (folder) await page.screenshot({ path: path.join(folder, `history-${scheme}.png`) });

  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map((found) => [found.id, found.impact, found.nodes[0].html, found.nodes[0].failureSummary]), []);
  assert.deepEqual(problems, []);
  console.log(`${scheme}: loaded in ${loaded.toFixed(0)} ms, searched in at most ${Math.max(...searches).toFixed(0)} ms, `
    + `axe: ${passes.length} rules passed, none failed`);
  await page.close();
}
await browser.close();
