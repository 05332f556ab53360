// Times: the server writes UTC, the viewer reads their own zone. The exact moment stays in the title.

import { onContent } from './htmx.js';

const language = document.documentElement.lang || 'en';
const styles = {
  datetime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};
const formats = Object.fromEntries(
  Object.entries(styles).map(([name, style]) => [name, new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, style)]),
);
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'full', timeStyle: 'long' });
const steps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
];

function ago(date) {
  let apart = (date - Date.now()) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(apart) < size) return relative.format(Math.round(apart), unit);
    apart /= size;
  }
  return formats.datetime.format(date);
}

function show(root) {
  for (const time of root.querySelectorAll('time[data-when]')) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const style = time.dataset.when;
    time.textContent = style === 'ago' ? ago(date) : formats[style].format(date);
    time.title = `${exact.format(date)}\n${time.dateTime}`;
  }
}

onContent(show);
setInterval(() => show(document.body), 30_000);
