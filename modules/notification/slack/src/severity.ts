// How bad it is: what the sender says, else the layout, else what the event's name sounds like.

import type { Message } from "@caisson/sdk";

const SEVERITIES = {
    error: { colour: "#d63939", icon: ":red_circle:", sounds: /\b(fail|failed|failure|down|error|critical|lost|refused|expired|quarantined)\b/ },
    warning: { colour: "#f59f00", icon: ":large_orange_circle:", sounds: /\b(warn|warning|expires|expiring|full|limit|overdue|late|slow|unpaid)\b/ },
    success: { colour: "#2fb344", icon: ":large_green_circle:", sounds: /\b(up|recovered|resolved|restored|paid|completed|ok)\b/ },
    info: { colour: "#206bc4", icon: ":large_blue_circle:", sounds: /(?!)/ },
};

export type Severity = keyof typeof SEVERITIES;

const isSeverity = (value: unknown): value is Severity => typeof value === "string" && Object.hasOwn(SEVERITIES, value);

export function severityOf({ event, data }: Message, configured: unknown): Severity {
    const said = [data["severity"], configured].find(isSeverity);
    const words = event.replaceAll("-", " ");
    return said ?? (Object.keys(SEVERITIES) as Severity[]).find((one) => SEVERITIES[one].sounds.test(words)) ?? "info";
}

export const colour = (severity: Severity) => SEVERITIES[severity].colour;
export const icon = (severity: Severity) => SEVERITIES[severity].icon;
