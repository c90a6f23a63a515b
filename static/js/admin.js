// Says something at the head of the screen, as the server's messages do.
function tell(text, type) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, text, type } }));
}

// What staff type in a date or a time stays as they typed it: the server says what is wrong with it, in French.
// Otherwise Wagtail's calendar writes another time in its place, such as 14:00 for 14h30, and today for 31/02.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
// Whoever goes on with the keyboard to the next field sees it: the calendar hid it, and opened late, above the next one.
// It reads no date in letters, for which it would show the year 1900.
const hasLetters = (input) => /[a-zà-ÿ]/i.test(input.value);
const closeCalendar = (input) => jQuery(input).data("xdsoft_datetimepicker")?.trigger("close.xdsoft");
jQuery.fn.datetimepicker.defaults.onShow = (time, [input]) => document.activeElement === input && !hasLetters(input);
document.addEventListener("input", ({ target }) => { if (hasLetters(target)) closeCalendar(target); });
document.addEventListener("focusout", ({ target, relatedTarget }) => { if (relatedTarget) closeCalendar(target); });

// A file that the site would refuse is named before it is sent, so that the form keeps what was typed and the choice can be changed.
const LARGEST = 20; // megabytes, as in the settings
document.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const isTooLarge = [...target.files].some((file) => file.size > LARGEST * 1024 * 1024);
  target.setCustomValidity(isTooLarge ? `Ce fichier est trop lourd : ${LARGEST} Mo au plus. Choisissez-en un autre.` : "");
  target.reportValidity();
});

// The policy of the admin lets no script run that stands in a page. Where Wagtail writes one, our templates and `pages/editing/widgets.py`
// write in attributes what to call: a class (with a capital letter) or a function, and its arguments. Nothing else is called.
const BEGUN = ["Chooser", "ImageChooser", "InlinePanel", "PageChooser", "SnippetChooser", "createTaskChooser", "initDateChooser", "initDateTimeChooser", "initTimeChooser"];
new MutationObserver((changes) => {
  const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.nodeType === Node.ELEMENT_NODE);
  const find = (selector) => added.flatMap((node) => [...(node.matches(selector) ? [node] : []), ...node.querySelectorAll(selector)]);
  // A form that was refused in a window begins anew at its top, behind another tab at first.
  if (find(".modal .error-message")[0]) setTimeout(() => document.querySelector(".modal .error-message")?.scrollIntoView({ block: "center" }), 300);
  find(".w-editing-sessions__session").forEach(nameEditor);
  find("input[type=file][accept^='image/']:not([multiple])").forEach(addCamera);
  for (const { dataset } of find("template[data-begin]")) {
    if (dataset.hasBegun || !BEGUN.includes(dataset.begin)) continue;
    dataset.hasBegun = "yes";
    const call = window[dataset.begin];
    const values = JSON.parse(dataset.arguments);
    if (/^[A-Z]/.test(dataset.begin)) new call(...values);
    else call(...values);
  }
}).observe(document, { childList: true, subtree: true });

// Who else is on the page is named beside the portrait, which most accounts do not have.
function nameEditor(session) {
  setTimeout(() => { // Wagtail has moved the name into a tooltip by then
    const shown = session._tippy?.props.content;
    const tooltip = new DOMParser().parseFromString(shown?.outerHTML || shown || "", "text/html");
    const name = tooltip.querySelector(".w-editing-sessions__name")?.textContent.trim();
    const text = name ? `${name} est aussi ici` : session.querySelector("[aria-label]")?.ariaLabel;
    if (text) session.before(Object.assign(document.createElement("span"), { className: "other-editor", textContent: text }));
  });
}

// Browsers show an upright photograph upright by themselves: Wagtail's library would turn it once more while it is added.
document.addEventListener("DOMContentLoaded", () => {
  const upload = jQuery.blueimp?.fileupload;
  if (upload) upload.prototype.options.previewOrientation = false;
});

// On a phone or a tablet, a picture can be taken at once: some browsers offer only those that were taken before.
function addCamera(input) {
  if (input.nextElementSibling?.matches(".camera")) return;
  input.insertAdjacentHTML("afterend", '<button class="button button-secondary camera" type="button">Prendre une photo</button>');
  input.nextElementSibling.addEventListener("click", () => {
    input.setAttribute("capture", "environment");
    input.click();
    input.removeAttribute("capture");
  });
}

// Whoever writes is told when the session has ended, or the site does not answer, before the form is sent.
const { ping, login } = document.currentScript.dataset;
document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("wagtail-sidebar")) return; // nobody has logged in
  const notice = document.createElement("div");
  notice.className = "session-notice";
  notice.setAttribute("role", "alert");
  document.body.append(notice);
  let said = "";
  const say = (html) => { if (html !== said) notice.innerHTML = said = html; };
  const ask = async () => {
    try {
      const { status } = await fetch(ping, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (status === 403) {
        say(`Votre session est finie. Ce que vous avez écrit est toujours là : ne fermez pas cette page.
          <a href="${login}" target="_blank">Connectez-vous dans un nouvel onglet</a>, puis revenez ici et enregistrez.`);
      } else if (status === 204 && said) {
        say("C’est bon : vous pouvez enregistrer.");
        setTimeout(say, 5000, "");
      }
    } catch {
      say("Le site ne répond pas. Ce que vous avez écrit est toujours là : ne fermez pas cette page, et enregistrez quand il répondra.");
    }
  };
  setInterval(ask, 30000);
  jQuery(document).ajaxError(ask); // a window to choose a picture, a file that was sent
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
});

// Without a network, a form that is sent would be lost behind the error page of the browser.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button, input");
  if (navigator.onLine || button?.type !== "submit" || button.form?.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation(); // else Wagtail disables the button
  const text = "Pas de réseau : rien n’est envoyé. Ce que vous avez écrit est toujours là. Réessayez quand le réseau est revenu.";
  tell(text, "error");
  document.querySelector(".messages")?.scrollIntoView();
  addEventListener("online", () => tell("Le réseau est revenu : vous pouvez envoyer.", "success"), { once: true });
}, true);

// Whoever goes back to the form of a new page that was sent gets one with another key, which would make a second page:
// it is given the key that it had, and says that it was opened before, so that the server asks (`pages/editing/saves.py`).
addEventListener("pageshow", () => {
  const key = document.querySelector("[name=form_key]");
  if (!key || !location.pathname.includes("/pages/add/")) return;
  if (history.state?.formKey) {
    key.value = history.state.formKey;
    key.insertAdjacentHTML("afterend", '<input type="hidden" name="opened_again" value="1">');
  } else {
    history.replaceState({ ...history.state, formKey: key.value }, "");
  }
});

// On a phone, a side panel covers the form: one that was left open does not open with the next form.
if (matchMedia("(max-width: 50em)").matches) localStorage.removeItem("wagtail:side-panel-open");

// The window « Publier plus tard » opens again with the error in it.
addEventListener("load", () => {
  if (document.querySelector("#schedule-publishing-dialog .error-message")) document.querySelector("[data-a11y-dialog-show=schedule-publishing-dialog]")?.click();
});

// What can be copied stands in an attribute, line by line.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy.split("\n").map((line) => line.trim()).filter(Boolean).join("\n");
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copié";
  } catch { // over plain HTTP, or where it is not allowed
    prompt("Copiez ce texte :", text);
  }
});

// On a phone, the bar « Publier » lies over the foot of the window: what is filled in stays above it.
document.addEventListener("focusin", ({ target }) => setTimeout(() => {
  const bar = document.querySelector("form[data-edit-form] .footer");
  if (!target.closest("form[data-edit-form] :is(input, textarea, select, [contenteditable])")) return;
  if (!bar || bar.contains(target) || getComputedStyle(bar).position !== "sticky") return;
  if (target.getBoundingClientRect().bottom > bar.getBoundingClientRect().top - 16) target.scrollIntoView({ block: "center" });
}, 400)); // a new block unfolds

// Who reviews a page sees both answers: the second one stands in the menu of the first.
addEventListener("load", () => {
  const answer = document.querySelector(".footer [data-workflow-action-name=reject]");
  answer?.classList.add("review-answer");
  answer?.closest(".footer__container").append(answer);
});

// Wagtail's list of pages throws where the server refuses a new order, and says nothing.
addEventListener("unhandledrejection", ({ reason }) => {
  if (!document.querySelector("[data-controller~=w-orderable]") || !/^HTTP error! Status/.test(reason?.message)) return;
  const text = "La page n’a pas été déplacée. Rechargez cet écran pour voir l’ordre du site.";
  tell(text, "error");
});

// A form with tabs opens the one with the first error. On phones, the tabs of some forms are headings of one long form (admin.css).
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector(".w-tabs__panel .error-message")?.closest(".w-tabs__panel");
  if (panel) panel.closest(".w-tabs").dataset.wTabsActivePanelIdValue = panel.id;
  for (const tab of document.querySelectorAll("[data-tab-headings] [role=tab]")) {
    const heading = Object.assign(document.createElement("h2"), { className: "tab-heading", textContent: tab.firstChild.textContent.trim() });
    document.querySelector(tab.hash).prepend(heading);
  }
});

// The dates of an event that repeats stand below its fields before it is saved. What is ticked stays so while the fields change.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("input:target")?.focus();
  const shown = document.querySelector("[data-event-dates]");
  if (!shown) return;
  const fields = ["first_day", "repeats", "repeats_until"].map((name) => document.getElementById(`id_${name}`));
  const getTicked = () => [...shown.querySelectorAll("input[type=hidden], input:checked")].map(({ value }) => value);
  const getAddress = () => {
    const values = [...fields, ...getTicked().map((value) => ({ name: "cancelled_days", value }))].map(({ name, value }) => [name, value]);
    const page = location.pathname.match(/pages\/(\d+)\/edit/)?.[1] || "";
    return `${shown.dataset.eventDates}?${new URLSearchParams([...values, ["page", page]])}`;
  };
  const show = async () => {
    const address = getAddress();
    const answer = await fetch(address);
    const text = answer.ok ? await answer.text() : "";
    if (address !== getAddress()) return;
    const ticked = getTicked();
    shown.innerHTML = text;
    for (const value of ticked.filter((day) => !shown.querySelector(`[value="${day}"]`))) {
      shown.append(Object.assign(document.createElement("input"), { type: "hidden", name: "cancelled_days", value }));
    }
  };
  jQuery(fields).on("input change", show); // Wagtail's calendar tells of its changes by jQuery alone
  show();
});

// What is pasted from Word or a mail. The editor of texts joins what stands in a <div> to the line before, and the cells of a table to one
// word: here each line becomes a paragraph, each title a line in bold, each row of a table a line.
const BLOCKS = "address, article, blockquote, body, center, div, footer, header, main, pre, section, table, tbody, td, tfoot, th, thead, tr";
function getLines(root) {
  const inert = root.ownerDocument; // in the page itself, pictures would be loaded
  const lines = inert.createElement("div");
  let line = inert.createElement("p");
  const end = () => {
    if (line.textContent.trim()) lines.append(line);
    line = inert.createElement("p");
  };
  const add = (node) => {
    if (node.nodeType === Node.TEXT_NODE) line.append(node.cloneNode());
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("title")) return;
    if (node.matches("tr") && node.cells.length > 1 && !node.querySelector("table")) {
      end();
      line.append([...node.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(" – "));
      end();
    } else if (node.matches("h1, h2, h3, h4, h5, h6")) {
      end();
      line.append(Object.assign(inert.createElement("b"), { textContent: node.textContent.trim() }));
      end();
    } else if (node.matches("p, ul, ol")) {
      end();
      if (node.textContent.trim()) lines.append(node.cloneNode(true));
    } else if (node.matches(BLOCKS) || node.querySelector(`p, ul, ol, h1, h2, h3, ${BLOCKS}`)) {
      const isBlock = node.matches(BLOCKS);
      if (isBlock) end();
      node.childNodes.forEach(add);
      if (isBlock) end();
    } else {
      line.append(node.cloneNode(true));
    }
  };
  root.querySelectorAll("audio, embed, iframe, img, input, link, object, script, style, svg, video").forEach((node) => node.remove());
  add(root);
  end();
  return lines.innerHTML;
}
document.addEventListener("paste", (event) => {
  const html = event.clipboardData?.getData("text/html");
  const inText = event.target.closest?.(".public-DraftEditor-content");
  if (inText && (/<img\b/i.test(html) || [...event.clipboardData?.files || []].some(({ type }) => type.startsWith("image/")))) {
    const text = "L’image n’a pas été collée : ajoutez un bloc « Image ».";
    tell(text, "warning");
  }
  const isOwn = !html || html.includes("data-draftjs-conductor") || html.includes("data-editor=");
  if (isOwn || event.hasLines || !inText) return;
  event.preventDefault();
  event.stopPropagation();
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", getLines(new DOMParser().parseFromString(html, "text/html").body));
  clipboardData.setData("text/plain", event.clipboardData.getData("text/plain"));
  const again = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  again.hasLines = true;
  event.target.dispatchEvent(again);
}, true);
