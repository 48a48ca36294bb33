// The page's script: each job is a file beside this one.
import * as actions from "./actions.js";
import * as announce from "./announce.js";
import * as chat from "./chat.js";
import * as cleaning from "./cleaning.js";
import * as compare from "./compare.js";
import * as exports from "./exports.js";
import * as form from "./form.js";
import * as gradio from "./gradio.js";
import * as lengths from "./lengths.js";
import * as listing from "./listing.js";
import * as mapping from "./mapping.js";
import * as parts from "./parts.js";
import * as router from "./router.js";
import * as title from "./title.js";
import * as tokens from "./tokens.js";
import * as upload from "./upload.js";
import * as wish from "./wish.js";

for (const job of [
  actions, announce, chat, cleaning, compare, exports, gradio, upload, form, lengths, listing, mapping, parts, title, tokens, wish,
]) job.start();

// The page is drawn by Gradio a moment after this script runs.
const ready = setInterval(() => {
  if (!gradio.drawn()) return;
  clearInterval(ready);
  router.start();
  parts.tick();
}, 50);
