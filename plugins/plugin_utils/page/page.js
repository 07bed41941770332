/* Copyright: (c) 2026, grantops.cloud contributors
   GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
   SPDX-License-Identifier: GPL-3.0-or-later */

/* Draws the page from its block of data. What is in the data becomes text, never markup, and only what is looked at is
   drawn: at most ROWS rows, MATRIX cells and a few findings of each kind that is open. The state is in the address.

   The data, made by _access/page.py: `columns` are the rows, each a number of digits and that many characters a row, at
   base 64; what they refer to stands in `principals` (itself columns), `actions`, `resources`, `conditions`, `whys` (lists
   of `reasons`), `grants` (lists of `places`), `notes`. Of findings, title, why and remedy are numbers of `texts`. */
"use strict";
(() => {
  const ROWS = 100;
  const MATRIX = [40, 50];
  const FEW = 10; // findings of a kind, side by side
  const LINES = 25; // ends and changes
  const PAPER = 1000; // findings on paper
  const MONTHS = 12;
  const LONG = 240; // characters of a condition or a value, before it is folded
  const CHANGES = ["wider", "added", "narrower", "removed", "renewed"];
  const LETTERS = {
    publish: "P", consume: "C", read: "R", write: "W", overwrite: "O", delete: "D", list: "L", process: "X", administer: "A",
  };
  const SEVERITIES = ["critical", "high", "medium", "low"];
  const EMPTY = { who: "", may: "", on: "", in: "", when: "", sure: "", severity: "", view: "principal", page: 0 };

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const people = data.principals;
  const count = data.rows;
  const number = (value) => value.toLocaleString("en-US");
  const counted = (value, one, many) => `${number(value)} ${value === 1 ? one : many || one + "s"}`;

  /* An element with attributes and children; texts are set as text. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "onclick" || name === "ontoggle") element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  const digits = new Uint8Array(128);
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].forEach((digit, value) => {
    digits[digit.charCodeAt(0)] = value;
  });
  function unpack([width, text]) {
    const column = new Uint32Array(count);
    for (let row = 0, at = 0; row < count; row += 1) {
      let value = 0;
      for (let digit = 0; digit < width; digit += 1, at += 1) value = (value << 6) | digits[text.charCodeAt(at)];
      column[row] = value;
    }
    return column;
  }
  const columns = {};
  for (const name of Object.keys(data.columns)) columns[name] = unpack(data.columns[name]);

  // What is searched
  const person = (key, who) => (people[key] ? people[key][who] : null);
  const nameOf = (who) => person("name", who) || people.id[who];
  const scopeText = (scope) => `${data.scopes[scope][0]} ${data.scopes[scope][1] || "default project"}`;
  const searched = ["id", "name", "identity", "owner", "reason", "ticket"].filter((key) => people[key]);
  const peopleText = data.scope_of.map((scope, who) =>
    searched.map((key) => people[key][who]).filter((text) => text !== null).join("\n").toLowerCase());
  const resourceText = data.resources.map(([, , name, bucket]) => `${bucket || ""}\n${name}`.toLowerCase());

  /* Whether access to a resource is access to what was asked for: its name, or what includes it. */
  function includes(which, text, small) {
    const [kind, match, name, bucket] = data.resources[which];
    if (resourceText[which].includes(small)) return true;
    if (match === "exact") return false;
    const inBucket = bucket === null || bucket === "*" ? null : `${bucket}/`;
    if (match === "all") return inBucket === null || text.startsWith(inBucket);
    if (text.startsWith(name)) return true;
    if (kind !== "object") return false;
    const slash = text.indexOf("/");
    return inBucket === null ? text.slice(slash + 1).startsWith(name) : text.startsWith(inBucket + name);
  }

  const ENDING = {
    ends: (until) => until !== null,
    soon: (until) => until !== null && until > data.taken && until <= data.soon,
    ended: (until) => until !== null && until <= data.taken,
  };
  function conditionFits(when, [text, until, kinds]) {
    if (when === "") return true;
    if (when === "always") return text === "";
    if (when === "addresses" && kinds.includes("not_addresses")) return true;
    return ENDING[when] ? ENDING[when](until) : kinds.includes(when);
  }
  const sureFits = (sure, [certainty]) => sure === "" || (sure === "not" ? certainty !== "documented" : certainty === sure);
  const scopeFits = (chosen) => data.scopes.map(([system], scope) => !chosen || chosen === system || chosen === scopeText(scope));

  // State, and the address
  let state = { ...EMPTY };
  function readAddress() {
    const read = { ...EMPTY };
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      if (name === "page") read.page = Math.max(0, (parseInt(value, 10) || 1) - 1);
      else if (name in EMPTY) read[name] = value;
    }
    if (!["principal", "resource", "matrix"].includes(read.view)) read.view = EMPTY.view;
    for (const name of ["may", "in", "when", "sure"]) {
      const known = [...byId(name).options].some((option) => option.value === read[name]);
      if (!known) read[name] = "";
    }
    if (![...SEVERITIES, "accepted"].includes(read.severity)) read.severity = "";
    return read;
  }
  function writeAddress() {
    const said = new URLSearchParams();
    for (const name of Object.keys(EMPTY)) {
      if (state[name] !== EMPTY[name]) said.set(name, name === "page" ? state.page + 1 : state[name]);
    }
    const address = `#${said}`;
    try {
      history.replaceState(null, "", address);
    } catch (error) {
      location.replace(address); // a page without an address of its own, such as one in a frame
    }
  }

  // The filter
  let found = new Uint32Array(0); // numbers of rows
  let fits = { who: null, scope: null, resource: null };
  function filter() {
    const who = state.who.trim().toLowerCase();
    const on = state.on.trim();
    const scope = scopeFits(state.in);
    fits = {
      scope,
      who: Uint8Array.from(peopleText, (text, at) => (scope[data.scope_of[at]] && text.includes(who) ? 1 : 0)),
      resource: Uint8Array.from(data.resources, (_, which) => (on === "" || includes(which, on, on.toLowerCase()) ? 1 : 0)),
    };
    const action = Uint8Array.from(data.actions, (name) => (state.may === "" || name === state.may ? 1 : 0));
    const condition = Uint8Array.from(data.conditions, (value) => (conditionFits(state.when, value) ? 1 : 0));
    const note = Uint8Array.from(data.notes, (value) => (sureFits(state.sure, value) ? 1 : 0));
    const kept = new Uint32Array(count);
    let many = 0;
    for (let row = 0; row < count; row += 1) {
      if (fits.who[columns.principal[row]] && action[columns.action[row]] && fits.resource[columns.resource[row]]
        && condition[columns.condition[row]] && note[columns.note[row]]) {
        kept[many] = row;
        many += 1;
      }
    }
    found = kept.subarray(0, many);
  }

  /* The rows in the order of the view, each resource of each scope together. */
  function ordered() {
    if (state.view !== "resource") return found;
    const all = data.resources.length;
    const keys = Float64Array.from(found, (row) =>
      (data.scope_of[columns.principal[row]] * all + columns.resource[row]) * count + row);
    return keys.sort().map((key) => key % count);
  }

  function distinct(column) {
    const seen = new Uint8Array(column === "principal" ? data.scope_of.length : data.resources.length);
    for (const row of found) seen[columns[column][row]] = 1;
    return seen.reduce((sum, one) => sum + one, 0);
  }

  /* What the rows say, as a sentence, and whether somebody may be missing. */
  function answer() {
    const unread = data.scopes.filter(([, , whole], scope) => fits.scope[scope] && !whole).length;
    const unknown = unread
      ? ` Not read, or not whole: ${counted(unread, "scope")}. There, who is not listed is unknown.` : "";
    if (found.length) {
      return `${counted(found.length, "row")}: ${counted(distinct("principal"), "principal")} on `
        + `${counted(distinct("resource"), "resource")}.${unknown}`;
    }
    if (state.who.trim() && !fits.who.includes(1)) return `No principal like \u201c${state.who.trim()}\u201d was seen here.${unknown}`;
    return (unread ? "Nobody, in what was read." : "Nobody.") + unknown;
  }

  // Parts of a row
  function folded(text) {
    if (text.length <= LONG) return [text];
    return [make("details", null, make("summary", null, `${text.slice(0, LONG)}\u2026`), text)];
  }
  function because(row) {
    const places = data.grants[columns.grant[row]]; // one for all reasons, or one each
    const [certainty, assumption] = data.notes[columns.note[row]];
    const cell = make("td", { "data-label": "Because" });
    data.whys[columns.why[row]].forEach((reason, at) => {
      const [field, value] = data.reasons[reason];
      const place = data.places[places[places.length > 1 ? at : 0]] || (data.declares ? "no grant" : "");
      cell.append(make("div", { class: "reason" }, make("code", null, field), " ", ...folded(value),
        place && make("span", { class: "soft" }, ` \u00b7 ${place}`)));
    });
    if (certainty !== "documented") {
      cell.append(make("span", { class: "sure" }, `${certainty}${assumption ? `: ${assumption}` : ""}`));
    }
    return cell;
  }
  const cell = (label, text, kind) => make("td", { "data-label": label, class: kind }, ...folded(text));
  const date = (instant) => instant.replace("T", " ").replace("Z", "").replace(/ 00:00:00$/, "");
  function facts(who) {
    const said = [person("type", who), nameOf(who) === people.id[who] ? "" : people.id[who], scopeText(data.scope_of[who])];
    if (person("identity", who)) said.push(`identity ${person("identity", who)}`);
    if (person("owner", who)) said.push(`owner ${person("owner", who)}`);
    if (person("ticket", who)) said.push(person("ticket", who));
    if (person("reason", who)) said.push(person("reason", who));
    if (person("expires", who)) said.push(`${person("expires", who) <= data.taken ? "ended" : "ends"} ${date(person("expires", who))}`);
    return said.filter(Boolean).join(" \u00b7 ");
  }
  function groupHead(row, byResource) {
    const who = columns.principal[row];
    if (byResource) {
      const [kind, match, , , text] = data.resources[columns.resource[row]];
      return make("tr", { class: "group" }, make("th", { colspan: 4, scope: "rowgroup" }, text,
        " ", make("span", { class: "facts" }, `${match === "all" ? "" : `${kind} \u00b7 `}${scopeText(data.scope_of[who])}`)));
    }
    return make("tr", { class: "group" }, make("th", { colspan: 4, scope: "rowgroup" }, nameOf(who),
      " ", make("span", { class: "facts" }, facts(who)),
      person("declared", who) === false ? make("span", { class: "facts warn" }, " no grant names it") : null));
  }

  /* Buttons to go on and back, and where one is. */
  function pager(total, size, page, what, go) {
    const last = Math.max(0, Math.ceil(total / size) - 1);
    if (!last) return "";
    const step = (to, text) => make("button", {
      type: "button", "aria-label": `${text} ${what}`, disabled: to < 0 || to > last ? "" : null, onclick: () => go(to, text),
    }, text);
    const upTo = Math.min(total, (page + 1) * size);
    return make("div", { class: "pager" },
      make("span", null, `${number(page * size + 1)} to ${number(upTo)} of ${number(total)} ${what}`),
      step(page - 1, "Previous"), step(page + 1, "Next"));
  }
  /* After a part was drawn anew, the focus is where it was. */
  function refocus(place, text) {
    const buttons = [...place.querySelectorAll(".pager button")];
    const same = buttons.find((button) => button.textContent === text && !button.disabled);
    (same || buttons.find((button) => !button.disabled))?.focus();
  }

  function table(heads, kind, caption, rows) {
    return make("table", { class: kind },
      make("caption", { class: "unseen" }, caption),
      make("thead", null, make("tr", null, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", null, ...rows));
  }

  function drawRows() {
    const byResource = state.view === "resource";
    const order = ordered();
    const last = Math.max(0, Math.ceil(order.length / ROWS) - 1);
    state.page = Math.min(state.page, last);
    const rows = [];
    let group = null;
    for (const row of order.subarray(state.page * ROWS, (state.page + 1) * ROWS)) {
      const who = columns.principal[row];
      const key = byResource ? `${data.scope_of[who]} ${columns.resource[row]}` : who;
      if (key !== group) rows.push(groupHead(row, byResource));
      group = key;
      const action = cell("Action", data.actions[columns.action[row]], "act");
      const condition = cell("Condition", data.conditions[columns.condition[row]][0]);
      const other = byResource
        ? cell("Principal", nameOf(who)) : cell("Resource", data.resources[columns.resource[row]][4]);
      rows.push(make("tr", null, ...(byResource ? [other, action] : [action, other]), condition, because(row)));
    }
    const heads = byResource ? ["Principal", "Action", "Condition", "Because"] : ["Action", "Resource", "Condition", "Because"];
    return [
      table(heads, `rows ${state.view}`, byResource ? "Access by resource" : "Access by principal", rows),
      pager(order.length, ROWS, state.page, "rows", (to, text) => {
        state.page = to;
        writeAddress();
        drawAccess();
        refocus(byId("rows"), text);
      }),
    ];
  }

  function drawMatrix() {
    const [most, widest] = MATRIX;
    const who = [];
    const seen = new Set();
    let more = 0;
    for (const row of found) {
      const one = columns.principal[row];
      if (who[who.length - 1] === one) continue;
      if (who.length < most) who.push(one);
      else more += 1;
      if (more) break;
    }
    const lines = new Map(who.map((one) => [one, new Map()]));
    for (const row of found) {
      const line = lines.get(columns.principal[row]);
      if (!line) break; // rows are in the order of principals
      const which = columns.resource[row];
      seen.add(which);
      const letter = LETTERS[data.actions[columns.action[row]]];
      const sure = data.notes[columns.note[row]][0] === "documented";
      const had = line.get(which) || new Map();
      had.set(letter, had.get(letter) || sure);
      line.set(which, had);
    }
    const all = [...seen].sort((one, other) => one - other);
    const across = all.slice(0, widest);
    const places = new Set(who.map((one) => data.scope_of[one]));
    const rows = who.map((one) => make("tr", null,
      make("th", { scope: "row" }, nameOf(one),
        places.size > 1 ? make("span", { class: "soft" }, ` ${scopeText(data.scope_of[one])}`) : null),
      ...across.map((which) => {
        const had = lines.get(one).get(which);
        if (!had) return make("td", null);
        const open = [...had.values()].includes(false);
        return make("td", { class: open ? "has open" : "has" }, [...had].map(([letter, sure]) => letter + (sure ? "" : "?")).join(" "));
      })));
    const letters = Object.entries(LETTERS).map(([name, letter]) => `${letter} ${name}`).join(", ");
    const people = distinct("principal");
    const left = people > who.length || all.length > across.length
      ? `The first ${number(who.length)} of ${counted(people, "principal")} and ${number(across.length)} of `
        + `${counted(all.length, "resource")} of these: a narrower filter shows the others. ` : "";
    const heads = ["Principal", ...across.map((which) => data.resources[which][4])];
    return [
      make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Matrix of principals and resources" },
        make("table", { class: "matrix" },
          make("caption", { class: "unseen" }, "Principals and resources"),
          make("thead", null, make("tr", null, ...heads.map((head, at) =>
            make("th", { scope: "col" }, at ? make("span", null, head) : head)))),
          make("tbody", null, ...rows))),
      make("p", { class: "legend" }, `${left}${letters}. A question mark: assumed or unknown.`),
    ];
  }

  function drawAccess() {
    const text = answer();
    byId("answer").textContent = text;
    const nothing = make("p", { class: "empty" }, text);
    byId("rows").replaceChildren(...(!found.length ? [nothing] : state.view === "matrix" ? drawMatrix() : drawRows()));
    for (const button of document.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    }
  }

  // Findings: [id, severity, title, why, scope, principal's number, its id, resource, remedy, accepted]
  const opened = new Map(); // kind -> page
  function findingFits([, severity, , , scope, who, name, resource, , accepted]) {
    if (state.severity === "accepted" ? !accepted : state.severity && (accepted || severity !== state.severity)) return false;
    if (state.in && (scope === null || !fits.scope[scope])) return false;
    const text = state.who.trim().toLowerCase();
    if (text && !(who === null ? (name || "").toLowerCase().includes(text) : fits.who[who])) return false;
    return (resource || "").toLowerCase().includes(state.on.trim().toLowerCase());
  }
  function copyButton(text) {
    const button = make("button", {
      type: "button",
      "aria-label": "Copy the remedy",
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(text);
          button.textContent = "Copied";
        } catch (error) {
          getSelection().selectAllChildren(button.previousElementSibling);
          button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
        }
        button.setAttribute("aria-label", button.textContent);
      },
    }, "Copy");
    return button;
  }
  function instance([, , , why, scope, who, name, resource, remedy, accepted], common) {
    const subject = who === null ? name : nameOf(who);
    const text = data.texts[remedy];
    return make("div", { class: "instance" },
      make("p", { class: "where" },
        subject ? make("strong", null, subject) : null,
        resource ? make("span", null, resource) : null,
        scope === null ? null : make("span", { class: "soft" }, scopeText(scope))),
      why === common ? null : make("p", { class: "why" }, data.texts[why]),
      accepted ? make("p", { class: "accepted" }, make("strong", null, "Accepted"),
        ` until ${accepted[2]} by ${accepted[1]}: ${accepted[0]}`) : null,
      text ? make("div", { class: "remedy" }, make("pre", { tabindex: 0, "aria-label": "Remedy" }, text), copyButton(text)) : null);
  }
  function drawKind(inside, list, kind) {
    const page = Math.min(opened.get(kind), Math.ceil(list.length / FEW) - 1);
    const why = list[0][3];
    inside.replaceChildren(
      make("p", null, data.texts[why]),
      ...list.slice(page * FEW, (page + 1) * FEW).map((finding) => instance(finding, why)),
      pager(list.length, FEW, page, "findings", (to, text) => {
        opened.set(kind, to);
        drawKind(inside, list, kind);
        refocus(inside, text);
      }));
  }
  function drawFindings() {
    const kept = data.findings.filter(findingFits);
    const kinds = new Map();
    for (const finding of kept) {
      const kind = `${finding[0]} ${finding[1]}`;
      if (!kinds.has(kind)) kinds.set(kind, []);
      kinds.get(kind).push(finding);
    }
    const accepted = kept.filter((finding) => finding[9]).length;
    byId("findings-answer").textContent = kept.length
      ? `${counted(kept.length - accepted, "finding")}${accepted ? `; ${number(accepted)} accepted, not counted` : ""}.`
      : data.findings.length ? "None of this filter." : "None.";
    const names = [...kinds.keys()];
    if (names.length && !names.some((kind) => opened.has(kind))) opened.set(names[0], 0);
    byId("findings-list").replaceChildren(...[...kinds].map(([kind, list]) => {
      const [id, severity, title] = list[0];
      const set = list.filter((finding) => finding[9]).length;
      const inside = make("div", { class: "inside" });
      const details = make("details", {
        class: "kind",
        open: opened.has(kind) ? "" : null,
        ontoggle: () => {
          if (!details.open) {
            opened.delete(kind);
            inside.replaceChildren();
          } else if (!inside.firstChild) {
            opened.set(kind, opened.get(kind) || 0);
            drawKind(inside, list, kind);
          }
        },
      },
      make("summary", null,
        make("span", { class: `badge ${severity}` }, severity),
        make("span", { class: "title" }, make("code", null, id), " ", data.texts[title]),
        set ? make("span", { class: "badge" }, `${number(set)} accepted`) : null,
        make("span", { class: "count" }, number(list.length - set))), inside);
      if (opened.has(kind)) drawKind(inside, list, kind);
      return details;
    }));
  }

  // What ends
  function months(ends) {
    const [year, month] = data.taken.split("-").map(Number);
    const label = (at) => new Date(Date.UTC(year, month - 1 + at, 1)).toISOString().slice(0, 7);
    const bars = [["ended", "past", 0], ...Array.from({ length: MONTHS }, (_, at) => [label(at), "", 0]), ["later", "", 0]];
    for (const [until] of ends) {
      const at = bars.findIndex(([name]) => name === until.slice(0, 7));
      const place = until <= data.taken ? 0 : at > 0 ? at : bars.length - 1;
      bars[place][2] += 1;
    }
    const most = Math.max(4, ...bars.map(([, , many]) => many));
    return make("ol", { class: "months", "aria-label": "How many end in which month" }, ...bars.map(([name, kind, many], at) => {
      const bar = make("i");
      bar.style.setProperty("--share", many / most);
      const near = at > 0 && name <= data.soon.slice(0, 7) ? "near" : "";
      return make("li", { class: many ? kind || near : "zero" }, make("b", null, number(many)), bar, make("small", null, name));
    }));
  }
  let endsPage = 0;
  function drawEnds() {
    const ends = data.ends.filter(([until, who]) => fits.who[who] && (!ENDING[state.when] || ENDING[state.when](until)));
    const text = counted(ends.length, "end");
    byId("ends-answer").textContent = !data.ends.length ? "Nothing ends by itself." : ends.length
      ? `${text}, the soonest first. Days are counted from when this was taken.` : "None of this filter.";
    byId("months").replaceChildren(...(ends.length ? [months(ends)] : []));
    endsPage = Math.min(endsPage, Math.max(0, Math.ceil(ends.length / LINES) - 1));
    const rows = ends.slice(endsPage * LINES, (endsPage + 1) * LINES).map(([until, who]) => {
      const days = Math.floor((Date.parse(until) - Date.parse(data.taken)) / 86400000);
      const state = until <= data.taken ? ["ended", "critical"] : [`in ${counted(days, "day")}`, until <= data.soon ? "high" : ""];
      return make("tr", null, cell("Ends", date(until)),
        make("td", { "data-label": "Left" }, make("span", { class: `badge ${state[1]}` }, state[0])),
        cell("Principal", nameOf(who)), cell("Owner", person("owner", who) || ""), cell("Scope", scopeText(data.scope_of[who])));
    });
    byId("ends-list").replaceChildren(...(rows.length ? [
      table(["Ends", "Left", "Principal", "Owner", "Scope"], "ends", "What ends", rows),
      pager(ends.length, LINES, endsPage, "ends", (to, label) => {
        endsPage = to;
        drawEnds();
        refocus(byId("ends-list"), label);
      })] : []));
  }

  // What has changed: [change, scope, principal's number, its id, now, before, scope's name]
  let changesPage = 0;
  function drawChanges() {
    byId("changes").hidden = !data.compared;
    if (!data.compared) return;
    const who = state.who.trim().toLowerCase();
    const on = state.on.trim().toLowerCase();
    const kept = data.changes.filter(([, scope, , name, now, before]) =>
      (!state.in || (scope !== null && fits.scope[scope])) && name.toLowerCase().includes(who)
      && `${now}\n${before || ""}`.toLowerCase().includes(on));
    kept.sort((one, other) => CHANGES.indexOf(one[0]) - CHANGES.indexOf(other[0]));
    const sums = CHANGES.map((name) => [name, kept.filter(([change]) => change === name).length]).filter(([, many]) => many);
    byId("changes-answer").textContent = sums.length
      ? `Since the last snapshot: ${sums.map(([name, many]) => `${number(many)} ${name}`).join(", ")}.`
      : data.changes.length ? "None of this filter." : "Nothing has changed since the last snapshot.";
    changesPage = Math.min(changesPage, Math.max(0, Math.ceil(kept.length / LINES) - 1));
    const tone = { wider: "high", added: "high", narrower: "low", removed: "low" };
    const rows = kept.slice(changesPage * LINES, (changesPage + 1) * LINES).map(([change, , , name, now, before, scope]) =>
      make("tr", null,
        make("td", { "data-label": "Change" }, make("span", { class: `badge ${tone[change] || ""}` }, change)),
        cell("Principal", name), cell("Now", change === "removed" ? "" : now),
        cell("Before", change === "removed" ? before || now : before || ""), cell("Scope", scope)));
    byId("changes-list").replaceChildren(...(rows.length ? [
      table(["Change", "Principal", "Now", "Before", "Scope"], "changes", "What has changed", rows),
      pager(kept.length, LINES, changesPage, "changes", (to, label) => {
        changesPage = to;
        drawChanges();
        refocus(byId("changes-list"), label);
      })] : []));
  }

  // On paper: every finding, in short, and what was asked for
  function toPaper() {
    const kept = data.findings.filter(findingFits);
    const rows = kept.slice(0, PAPER).map(([id, severity, title, , scope, who, name, resource, , accepted]) =>
      make("tr", null,
        make("td", null, make("span", { class: `badge ${severity}` }, severity)),
        make("td", null, `${id} ${data.texts[title]}`),
        make("td", null, [who === null ? name : nameOf(who), resource].filter(Boolean).join(", ")),
        make("td", null, scope === null ? "" : scopeText(scope)),
        make("td", null, accepted ? `accepted until ${accepted[2]} by ${accepted[1]}: ${accepted[0]}` : "")));
    const asked = ["who", "may", "on", "in", "when", "sure", "severity"].filter((name) => state[name]);
    byId("findings").append(make("div", { class: "paper" },
      asked.length ? make("p", null, `Only of this filter: ${asked.map((name) => `${name} ${state[name]}`).join(", ")}.`) : null,
      rows.length ? table(["Severity", "Finding", "Where", "Scope", "Accepted"], "found", "Findings", rows) : null,
      kept.length > PAPER ? make("p", null, `And ${number(kept.length - PAPER)} more, in the data.`) : null));
  }
  const fromPaper = () => document.querySelectorAll("#findings .paper").forEach((element) => element.remove());

  // All of it
  function show() {
    for (const name of FIELDS) {
      const field = byId(name);
      if (field.value !== state[name]) field.value = state[name];
      field.classList.toggle("set", state[name] !== "");
    }
    for (const tile of document.querySelectorAll("[data-tile]")) {
      const [name, value] = tile.dataset.tile.split("=");
      if (state[name] === value) tile.setAttribute("aria-current", "true");
      else tile.removeAttribute("aria-current");
    }
    filter();
    drawFindings();
    drawAccess();
    drawEnds();
    drawChanges();
  }
  const FIELDS = ["who", "may", "on", "in", "when", "sure"];
  let waiting = 0; // for the next key of a typist
  function change(changes) {
    clearTimeout(waiting);
    const fields = Object.fromEntries(FIELDS.map((name) => [name, byId(name).value]));
    state = { ...state, ...fields, page: 0, ...changes };
    endsPage = 0;
    changesPage = 0;
    show();
    writeAddress();
  }
  function go(id) {
    byId(id).scrollIntoView();
    byId(`${id}-title`).focus({ preventScroll: true });
  }

  for (const name of data.actions) byId("may").append(make("option", { value: name }, name));
  byId("filter").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(change, event.target.tagName === "INPUT" ? 120 : 0);
  });
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").addEventListener("reset", (event) => {
    event.preventDefault();
    change({ ...EMPTY, view: state.view });
  });
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => change({ view: button.dataset.view }));
  }
  for (const tile of document.querySelectorAll("[data-tile]")) {
    tile.addEventListener("click", (event) => {
      event.preventDefault();
      const [name, value] = tile.dataset.tile.split("=");
      change({ [name]: state[name] === value ? "" : value });
      if (state[name]) go(name === "severity" ? "findings" : state[name] === "not" || !data.ends.length ? "access" : "ends");
    });
  }
  document.querySelector("[data-go]").addEventListener("click", (event) => {
    event.preventDefault();
    go("access");
  });
  addEventListener("hashchange", () => {
    state = readAddress();
    show();
  });
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", fromPaper);

  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
  state = readAddress();
  show();
})();
