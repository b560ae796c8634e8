import { Text, UnstyledButton, type UnstyledButtonProps } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { lazy, Suspense, type ReactNode, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import classes from "@/shell/Shell.module.css";

const SwitcherMenu = lazy(async () => ({ default: (await import("@/shell/SwitcherMenu")).SwitcherMenu }));

/** For whom this tab acts; for people with several memberships, the way to another. */
export function OrganisationSwitcher(): ReactNode {
  const me = useMe();
  if (me.standing === undefined) return null;
  if (me.session.standings.length < 2)
    return (
      <div className={classes.switcher}>
        <Here />
      </div>
    );
  return (
    <Suspense fallback={<SwitcherButton disabled />}>
      <SwitcherMenu />
    </Suspense>
  );
}

export function SwitcherButton(props: UnstyledButtonProps & { disabled?: boolean; ref?: Ref<HTMLButtonElement> }): ReactNode {
  const { t } = useTranslation("shell");
  const name = useMe().standing?.organisation.name ?? "";
  return (
    <UnstyledButton
      aria-label={t("switch.label", { name })}
      {...props}
      className={`${classes.switcher ?? ""} ${props.className ?? ""}`}
    >
      <Here />
      <IconChevronDown size={16} stroke={1.6} />
    </UnstyledButton>
  );
}

function Here(): ReactNode {
  const { t } = useTranslation("shell");
  const here = useMe().standing;
  return (
    <span className={classes.organisation}>
      <Text span fw={600} truncate>
        {here?.organisation.name}
      </Text>
      <Text span size="xs" c="dimmed" className={classes.kind}>
        {here && t(`kinds.${here.kind}`)}
      </Text>
    </span>
  );
}
