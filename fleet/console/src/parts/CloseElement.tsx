import { Button, Checkbox, Modal, Select, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClosureEffect } from "../api/queries";
import { useWords } from "../i18n/words";
import { NAME_CHARS_MAX, NAME_KEY, useCommand } from "./command";
import type { Element } from "./elements";
import { ReasonForm } from "./ReasonForm";

/** Minutes; 0: until somebody opens it. */
const SPANS = [0, 15, 30, 60, 120, 480];
const DANGER = { color: "var(--tone-bad)", borderColor: "var(--tone-bad)" };

/** Asks for the reason and the time, and says what will happen. */
export function CloseElement({ element, name }: { element: Element; name: string }): ReactNode {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" style={DANGER} onClick={open}>
        {t("closure.close")}
      </Button>
      <Modal opened={opened} onClose={close} title={t("closure.title", { name })} centered>
        {opened && <CloseForm element={element} onDone={close} />}
      </Modal>
    </>
  );
}

function CloseForm({ element, onDone }: { element: Element; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const [by, setBy] = useState(() => localStorage.getItem(NAME_KEY) ?? "");
  const [minutes, setMinutes] = useState(0);
  const [oneWay, setOneWay] = useState(false);
  const send = (because: string) => {
    if (by.trim()) localStorage.setItem(NAME_KEY, by.trim());
    return command("/closures", { kind: element.kind, id: element.id, because, by: by.trim() || "console", one_way: oneWay, ...(minutes > 0 ? { minutes } : {}) });
  };
  return (
    <ReasonForm
      what={<Consequences element={element} oneWay={oneWay} />}
      label={t("common.reason")}
      hint={t("closure.reasonHint")}
      needed={t("closure.reasonNeeded")}
      confirm={t("closure.confirm")}
      onConfirm={send}
      onDone={onDone}
    >
      <TextInput label={t("alert.by")} value={by} maxLength={NAME_CHARS_MAX} onChange={(event) => setBy(event.currentTarget.value)} mb="sm" />
      <Span minutes={minutes} onMinutes={setMinutes} />
      {element.twoWay && (
        <Checkbox label={t("closure.oneWay")} checked={oneWay} onChange={(event) => setOneWay(event.currentTarget.checked)} mb="md" />
      )}
    </ReasonForm>
  );
}

function Consequences({ element, oneWay }: { element: Element; oneWay: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" mb="xs">
        {t("closure.what")}
      </Text>
      <Effect element={element} oneWay={oneWay} />
    </>
  );
}

function Span({ minutes, onMinutes }: { minutes: number; onMinutes: (minutes: number) => void }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const spans = SPANS.map((span) => ({ value: String(span), label: span > 0 ? t("closure.for", { time: words.duration(span * 60) }) : t("closure.untilOpened") }));
  return <Select label={t("closure.howLong")} data={spans} value={String(minutes)} allowDeselect={false} onChange={(value) => onMinutes(Number(value))} mb="md" />;
}

/** How many robots go round, how many missions wait: as things stand now. */
function Effect({ element, oneWay }: { element: Element; oneWay: boolean }): ReactNode {
  const { t } = useTranslation();
  const effect = useClosureEffect(element.kind, element.id, oneWay).data;
  const lines = effect
    ? [
        effect.passing.length > 0 && t("closure.passing", { count: effect.passing.length, robots: effect.passing.join(", ") }),
        effect.inside.length > 0 && t("closure.inside", { count: effect.inside.length, robots: effect.inside.join(", ") }),
        effect.missions.length > 0 && t("closure.waiting", { count: effect.missions.length }),
      ].filter(Boolean)
    : [];
  return (
    <Text size="sm" mb="md" data-testid="closure-effect" fw={500}>
      {effect ? lines.join(" ") || t("closure.nobody") : t("app.loading")}
    </Text>
  );
}
