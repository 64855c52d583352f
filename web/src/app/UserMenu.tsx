/** The menu behind the name: account, people, sign out. Warns before answers that are not yet saved are left behind. */
import { Menu } from "@mantine/core";
import { IconLogout, IconPlugConnected, IconSettings, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, setCsrf } from "../api/client";
import { meQuery, queryClient } from "../api/queries";
import { unsyncedCount } from "../lib/own-outbox";
import layout from "../ui/layout.module.css";
import { Confirm } from "../ui/Confirm";
import css from "./shell.module.css";

async function signOut(): Promise<void> {
  await api.post("/logout");
  setCsrf(null);
  queryClient.clear();
}

export function UserMenu() {
  const me = useQuery(meQuery).data;
  const navigate = useNavigate();
  const [warn, setWarn] = useState(false);
  if (!me) return null;
  const name = me.user.name || me.user.login;
  const leave = () => void signOut().then(() => navigate({ to: "/login", search: {} }));
  const askToLeave = () => void unsyncedCount(me.user.id).then((waiting) => (waiting > 0 ? setWarn(true) : leave()));
  return (
    <>
      <Menu>
        <Menu.Target>
          <button type="button" className={css.user}>
            <span className={css.face} data-initial={name.slice(0, 1).toUpperCase()} aria-hidden />
            <span className="visually-hidden">Account of</span>
            <span className={layout.cut}>{name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to="/account" leftSection={<IconSettings size={15} />}>
            Account
          </Menu.Item>
          {me.user.role === "owner" ? (
            <>
              <Menu.Item component={Link} to="/users" leftSection={<IconUsers size={15} />}>
                People
              </Menu.Item>
              <Menu.Item component={Link} to="/connections" leftSection={<IconPlugConnected size={15} />}>
                Connected models
              </Menu.Item>
            </>
          ) : null}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={askToLeave}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        open={warn}
        title="Some answers are not saved yet"
        text="They wait in this browser until the server can be reached. If you sign out now, they are sent when you sign in here again."
        action="Sign out anyway"
        onConfirm={leave}
        onClose={() => setWarn(false)}
      />
    </>
  );
}
