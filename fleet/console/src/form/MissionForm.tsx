import { Button, Group, Select } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, post } from "../api/client";
import { useTemplates } from "../api/queries";
import type { Answer, ErrorBody, Template } from "../api/types";
import { useWords } from "../i18n/words";
import { usePart } from "../live/hooks";
import { bodyOf as errorBodyOf, operatorName } from "../parts/command";
import { Empty } from "../parts/Empty";
import { AcceptedAnswer, RefusedAnswer } from "./Answer";
import { Field } from "./Field";
import css from "./form.module.css";
import { TemplateChoice } from "./TemplateChoice";
import { useNewMission } from "./useNewMission";
import { bodyOf, fieldOf, problemsOf, startValues, type Extras, type FormValues } from "./values";

/** First what, then the parameters, then the answer. */
export function MissionForm({ chosen }: { chosen: string }): ReactNode {
  const { t } = useTranslation();
  const templates = useTemplates();
  const { open } = useNewMission();
  if (!templates.data) return <Empty title={templates.isError ? t("error.NO_ANSWER") : t("app.loading")} />;
  const template = templates.data.find((entry) => entry.id === chosen);
  if (!template) return <TemplateChoice templates={templates.data} onChoose={open} />;
  return <TemplateForm key={template.id} template={template} onBack={() => open("")} />;
}

interface Sending {
  values: FormValues;
  extras: Extras;
  busy: boolean;
  errors: Record<string, string>;
  answer: Answer | null;
  refused: ErrorBody | null;
  set: (name: string, value: FormValues[string]) => void;
  setExtras: (extras: Extras) => void;
  send: () => Promise<void>;
  again: () => void;
}

function TemplateForm({ template, onBack }: { template: Template; onBack: () => void }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const form = useSending(template);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void form.send();
  };
  if (form.answer) return <AcceptedAnswer answer={form.answer} onAgain={form.again} />;
  return (
    <form onSubmit={submit} noValidate>
      <div className={css["fields"]}>
        <div>
          <strong>{words.name(template.names, template.id)}</strong>
          <div className={css["soft"]}>{words.name(template.description, "")}</div>
        </div>
        {form.refused && <RefusedAnswer error={form.refused} />}
        {template.params.map((param) => (
          <Field key={param.name} param={param} value={form.values[param.name] ?? null} error={form.errors[param.name]} onChange={(value) => form.set(param.name, value)} />
        ))}
        <ExtraFields template={template} form={form} />
        <Group justify="space-between">
          <Button variant="subtle" onClick={onBack} px="xs">
            {t("form.back")}
          </Button>
          <Button type="submit" loading={form.busy}>
            {t("form.submit")}
          </Button>
        </Group>
      </div>
    </form>
  );
}

function ExtraFields({ template, form }: { template: Template; form: Sending }): ReactNode {
  const { t } = useTranslation();
  const robots = usePart((state) => state.robots);
  const able = [...robots.values()].filter((robot) => robot.family === template.family).map((robot) => robot.id).sort();
  const priorities = ["0", "1", "2", "3"].map((value) => ({ value, label: t(`priority.${value}`) }));
  return (
    <div className={css["two"]}>
      <Select
        label={t("priority.label")}
        data={priorities}
        allowDeselect={false}
        value={String(form.extras.priority)}
        error={form.errors["priority"]}
        onChange={(value) => form.setExtras({ ...form.extras, priority: Number(value ?? 1) })}
      />
      <Select
        label={t("form.robotPinned")}
        placeholder={t("form.robotAny")}
        data={able}
        clearable
        value={form.extras.robot}
        error={form.errors["robot"]}
        onChange={(robot) => form.setExtras({ ...form.extras, robot })}
      />
    </div>
  );
}

function useSending(template: Template): Sending {
  const { t } = useTranslation();
  const [values, setValues] = useState(() => startValues(template));
  const [extras, setExtras] = useState<Extras>({ priority: 1, robot: null, requestedBy: operatorName() });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [refused, setRefused] = useState<ErrorBody | null>(null);

  const problemTexts = () =>
    Object.fromEntries(
      Object.entries(problemsOf(template, values)).map(([name, problem]) => {
        const param = template.params.find((entry) => entry.name === name);
        const range = { min: param?.minimum ?? "−∞", max: param?.maximum ?? "∞", unit: param?.unit ?? "" };
        return [name, t(`form.${problem}`, range)];
      }),
    );
  const failed = (error: unknown) => {
    const body = errorBodyOf(error, t("error.NO_ANSWER"), t("error.noAnswerHint"));
    const field = error instanceof ApiError && error.status === 422 ? fieldOf(body.field ?? "") : "";
    const known = field in values || field === "robot" || field === "priority";
    if (known) setErrors({ [field]: [body.message, body.hint].filter(Boolean).join(" ") });
    else setRefused(body);
    if (error instanceof ApiError && error.status > 0) setKey(crypto.randomUUID());
  };
  const send = async () => {
    const found = problemTexts();
    setErrors(found);
    setRefused(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      setAnswer(await post<Answer>("/missions", bodyOf(template, values, extras), { "Idempotency-Key": key }));
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    values,
    extras,
    busy,
    errors,
    answer,
    refused,
    set: (name, value) => {
      setValues((old) => ({ ...old, [name]: value }));
      setErrors(({ [name]: _gone, ...rest }) => rest);
    },
    setExtras,
    send,
    again: () => {
      setAnswer(null);
      setKey(crypto.randomUUID());
    },
  };
}
