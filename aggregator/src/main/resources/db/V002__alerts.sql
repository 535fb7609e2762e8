-- Alerts as alerts/service keeps them; nobody else writes here. The api reads.

create table alert_episode (
    id text collate "C" primary key,
    rule text collate "C" not null,
    machine text collate "C" not null,
    series text collate "C" not null,
    state text collate "C" not null check (state in ('pending', 'firing', 'resolved')),
    severity text collate "C" not null check (severity in ('info', 'warning', 'critical')),
    message text not null,
    started_at timestamptz not null,
    fired_at timestamptz,
    resolved_at timestamptz,
    value double precision not null,
    threshold double precision not null,
    reason text collate "C" not null,
    updated_at timestamptz not null default now(),
    check ((state = 'resolved') = (resolved_at is not null)),
    check (state <> 'firing' or fired_at is not null)
);

create unique index alert_episode_open on alert_episode (rule, machine, series) where state <> 'resolved';
create index alert_episode_resolved on alert_episode (resolved_at) where state = 'resolved';

comment on table alert_episode is 'One rule on one series of one machine, from its start to its end; at most one open of each';
comment on column alert_episode.id is 'hash of rule, machine, series and start, hexadecimal digits';
comment on column alert_episode.rule is 'alert rule, name';
comment on column alert_episode.machine is 'machine id, name; * for the fleet as a whole';
comment on column alert_episode.series is 'series of the machine, metric key; empty for the machine as a whole';
comment on column alert_episode.state is 'pending, firing or resolved, name';
comment on column alert_episode.severity is 'info, warning or critical, name';
comment on column alert_episode.message is 'sentence for people, text';
comment on column alert_episode.started_at is 'when the rule began to hold, instant of the machine''s stamps';
comment on column alert_episode.fired_at is 'when it began to fire, instant; null = not yet';
comment on column alert_episode.resolved_at is 'when it ended, instant; null = not yet';
comment on column alert_episode.value is 'newest value known, unit of the metric at REST';
comment on column alert_episode.threshold is 'threshold of the rule, unit of the metric at REST';
comment on column alert_episode.reason is 'why the newest transition happened, one word';
comment on column alert_episode.updated_at is 'when this row was last written, instant';

create table notification (
    episode_id text collate "C" not null references alert_episode on delete cascade,
    kind text collate "C" not null check (kind in ('firing', 'resolved')),
    channel text collate "C" not null,
    outcome text collate "C" not null check (outcome in ('sent', 'failed')),
    attempts integer not null,
    finished_at timestamptz not null,
    detail text not null,
    primary key (episode_id, kind, channel)
);

comment on table notification is 'What was told to people, and what could not be';
comment on column notification.episode_id is 'episode it told of, id';
comment on column notification.kind is 'firing or resolved, name';
comment on column notification.channel is 'notifier, name';
comment on column notification.outcome is 'sent or failed, name';
comment on column notification.attempts is 'deliveries tried, count';
comment on column notification.finished_at is 'when it was delivered or given up, instant';
comment on column notification.detail is 'answer or failure, text';
