import { ActionIcon, Button, NumberInput, Select, Switch, TextInput, type ComboboxItem, type ComboboxItemGroup } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSite } from "../api/queries";
import type { Param } from "../api/types";
import { useWords } from "../i18n/words";
import css from "./form.module.css";
import { moved, randomPin, type FormValue } from "./values";

export interface FieldProps {
  param: Param;
  value: FormValue;
  error: string | undefined;
  onChange: (value: FormValue) => void;
}

/** One parameter of a template, by its type. */
export function Field(props: FieldProps): ReactNode {
  const { param } = props;
  if (param.type === "place" || param.type === "room") return <PlaceField {...props} />;
  if (param.type === "places") return <PlacesField {...props} />;
  if (param.type === "number") return <NumberField {...props} />;
  if (param.type === "choice") return <ChoiceField {...props} />;
  if (param.type === "flag") return <FlagField {...props} />;
  if (param.type === "pin") return <PinField {...props} />;
  return <TextField {...props} />;
}

function useLabels(param: Param): { label: string; description: string | undefined; required: boolean } {
  const words = useWords();
  return {
    label: words.name(param.label, param.name.replaceAll("_", " ")),
    description: words.name(param.help, "") || undefined,
    required: param.required,
  };
}

/** Where robots live, not people: at the end of the list. */
const STATIONS = ["charger", "parking"];

/** Places that fit, by level, with names in the page's language. */
function usePlaces(param: Param): ComboboxItemGroup<ComboboxItem>[] {
  const site = useSite().data;
  const words = useWords();
  return useMemo(() => {
    if (!site) return [];
    const kinds = param.kinds ?? [];
    const fits = site.places.filter((place) => {
      if (param.type === "room" && place.room === null) return false;
      return kinds.length === 0 || kinds.includes(place.kind);
    });
    const collator = new Intl.Collator(words.language, { numeric: true });
    return site.levels.map((level) => ({
      group: words.name(level.names, level.id),
      items: fits
        .filter((place) => place.level === level.id)
        .sort((a, b) => Number(STATIONS.includes(a.kind)) - Number(STATIONS.includes(b.kind)) || collator.compare(words.name(a.names, a.id), words.name(b.names, b.id)))
        .map((place) => ({ value: param.type === "room" ? (place.room ?? place.id) : place.id, label: words.name(place.names, place.id) }))
        .filter((item, index, all) => all.findIndex((other) => other.value === item.value) === index),
    }));
  }, [site, param, words]);
}

function PlaceField({ param, value, error, onChange }: FieldProps): ReactNode {
  const { t } = useTranslation();
  const places = usePlaces(param);
  return (
    <Select
      {...useLabels(param)}
      data={places}
      value={typeof value === "string" ? value : null}
      onChange={onChange}
      error={error}
      searchable
      clearable={!param.required}
      placeholder={param.type === "room" ? t("form.room") : t("form.place")}
      nothingFoundMessage={t("form.nothingFits")}
      maxDropdownHeight={280}
    />
  );
}

function PlacesField({ param, value, error, onChange }: FieldProps): ReactNode {
  const { t } = useTranslation();
  const places = usePlaces(param);
  const chosen = Array.isArray(value) ? value : [];
  const add = (id: string | null) => id && onChange([...chosen, id]);
  return (
    <div>
      <Select
        {...useLabels(param)}
        key={chosen.length}
        data={places.map((group) => ({ ...group, items: group.items.filter((item) => !chosen.includes(item.value)) }))}
        value={null}
        onChange={add}
        error={error}
        searchable
        placeholder={t("form.places")}
        nothingFoundMessage={t("form.nothingFits")}
        maxDropdownHeight={280}
      />
      <ChosenPlaces chosen={chosen} onChange={onChange} />
    </div>
  );
}

function ChosenPlaces({ chosen, onChange }: { chosen: string[]; onChange: (value: string[]) => void }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const site = useSite().data;
  const level = (id: string) => words.level(site?.places.find((place) => place.id === id)?.level ?? "");
  if (chosen.length === 0) return null;
  return (
    <ol className={css["chosen"]} aria-label={t("form.placesHint")}>
      {chosen.map((id, index) => {
        const place = words.place(id);
        return (
          <li key={id}>
            <span className={css["number"]}>{index + 1}</span>
            <span className={css["grow"]}>
              {place} <span className={css["soft"]}>{level(id)}</span>
            </span>
            <Small label={t("form.up", { place })} disabled={index === 0} onClick={() => onChange(moved(chosen, index, -1))} icon={<IconArrowUp size={14} />} />
            <Small label={t("form.down", { place })} disabled={index === chosen.length - 1} onClick={() => onChange(moved(chosen, index, 1))} icon={<IconArrowDown size={14} />} />
            <Small label={t("form.remove", { place })} onClick={() => onChange(chosen.filter((other) => other !== id))} icon={<IconX size={14} />} />
          </li>
        );
      })}
    </ol>
  );
}

function Small(props: { label: string; icon: ReactNode; onClick: () => void; disabled?: boolean }): ReactNode {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={props.label} disabled={props.disabled ?? false} onClick={props.onClick}>
      {props.icon}
    </ActionIcon>
  );
}

function NumberField({ param, value, error, onChange }: FieldProps): ReactNode {
  const { t } = useTranslation();
  const labels = useLabels(param);
  const { minimum, maximum } = param;
  const limits = typeof minimum === "number" && typeof maximum === "number";
  const range = limits ? t("form.range", { min: minimum, max: maximum, unit: param.unit }) : undefined;
  return (
    <NumberInput
      {...labels}
      description={[labels.description, range].filter(Boolean).join(" ") || undefined}
      value={typeof value === "number" ? value : ""}
      onChange={(next) => onChange(typeof next === "number" ? next : null)}
      error={error}
      {...(param.unit ? { suffix: ` ${param.unit}` } : {})}
      clampBehavior="none"
    />
  );
}

function ChoiceField({ param, value, error, onChange }: FieldProps): ReactNode {
  const words = useWords();
  const data = (param.choices ?? []).map((choice) => ({ value: choice, label: words.name(param.choice_labels?.[choice], choice) }));
  return <Select {...useLabels(param)} data={data} value={typeof value === "string" ? value : null} onChange={onChange} error={error} clearable={!param.required} allowDeselect={!param.required} />;
}

function FlagField({ param, value, error, onChange }: FieldProps): ReactNode {
  const { label, description } = useLabels(param);
  return <Switch label={label} description={description} checked={value === true} error={error} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

function PinField({ param, value, error, onChange }: FieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={css["pin"]}>
      <TextInput
        {...useLabels(param)}
        inputMode="numeric"
        autoComplete="off"
        maxLength={6}
        placeholder={t("form.pinDigits")}
        value={String(value ?? "")}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value.replace(/\D/g, ""))}
      />
      <Button variant="default" onClick={() => onChange(randomPin())}>
        {t("form.pinMake")}
      </Button>
    </div>
  );
}

function TextField({ param, value, error, onChange }: FieldProps): ReactNode {
  return <TextInput {...useLabels(param)} value={String(value ?? "")} error={error} onChange={(event) => onChange(event.currentTarget.value)} />;
}
