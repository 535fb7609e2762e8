-- Tiers, coverage, marks and what moves them.
--
-- A tier's table has, for each value column x of its raw table, in buckets [time, time + 1 min or 1 h) of the rows' stamps
-- (ends of intervals):
--
--     x_n                 rows that measured it
--     x_sum               sum of the rows' integers; held at the end of bigint where it would pass it
--     x_min, x_max        least and greatest integer; of a counter's delta the least and greatest rate, units per second
--     x_millis            of a counter's delta alone: time covered by the rows that measured it, milliseconds
--     x_p50, _p95, _p99   by minute alone, of the few columns named below; of a counter's delta of the rate
--
-- so that tiers merge: n, sum and millis by sum, min and max by themselves. x is null in all of them where no row
-- measured it, but for x_n, which is 0. Built from the raw tables' own columns, widest first, so that nothing is padded.

-- Counts of an interval and of what there is fit four bytes (Limits.COUNT): a quarter less on disk, and sums that need no numeric.
-- What was stored before and is more, which no machine of these days reaches, becomes the most that fits.
do $$
declare
    narrowed record;
begin
    for narrowed in
        select * from (values
            ('host_sample', array['context_switches', 'interrupts', 'swap_in', 'swap_out', 'faults_major', 'faults_minor',
                                  'pressure_cpu_some', 'pressure_memory_some', 'pressure_memory_full', 'pressure_io_some',
                                  'pressure_io_full', 'disk_reads', 'disk_writes', 'network_receive_packets',
                                  'network_transmit_packets', 'network_errors', 'network_dropped', 'tcp_established',
                                  'tcp_time_wait', 'tcp_orphaned', 'tcp_allocated', 'processes', 'processes_running',
                                  'processes_blocked', 'processes_created', 'threads', 'uptime']),
            ('disk_sample', array['reads', 'writes', 'read_millis', 'write_millis', 'busy_millis', 'pending']),
            ('nic_sample', array['receive_packets', 'receive_errors', 'receive_dropped', 'transmit_packets',
                                 'transmit_errors', 'transmit_dropped'])) as t (name, columns)
    loop
        execute (select format('alter table %I %s', narrowed.name, string_agg(format(
                           'alter column %1$I type integer using case when %1$I > 2147483647 then 2147483647 else %1$I end', named), ', '))
                   from unnest(narrowed.columns) as named);
    end loop;
end
$$;

do $$
declare
    raw record;
    tier text;
    named text[];
    columns text;
    target text;
    described record;
begin
    for raw in
        select * from (values
            ('host_sample', 'host', false, array['cpu_total', 'memory_utilization', 'load_1m', 'disk_busiest',
                                                 'network_receive_bytes', 'network_transmit_bytes']),
            ('disk_sample', 'disk', true, array[]::text[]),
            ('nic_sample', 'nic', true, array[]::text[]),
            ('fs_sample', 'fs', true, array[]::text[])) as t (source, prefix, device, percentiles)
    loop
        foreach tier in array array['minute', 'hour'] loop
            target := raw.prefix || '_' || tier;
            named := case when tier = 'minute' then raw.percentiles else array[]::text[] end;
            select string_agg(format('%I %s', part.name, part.type), ', ' order by part.width desc, source.place, part.place)
              into columns
              from (select a.attnum as place, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
                           col_description(a.attrelid, a.attnum) like '% in the interval' as delta
                      from pg_attribute a
                     where a.attrelid = raw.source::regclass and a.attnum > 0 and not a.attisdropped
                       and a.attname not in ('machine_id', 'device_id', 'time', 'run_id', 'sequence', 'duration_millis',
                                             'late', 'core_load')) as source
             cross join lateral (
                    select 1, source.name || '_n', 'smallint', 2
                    union all select 2, source.name || '_sum', 'bigint', 8
                    union all select extreme.place, source.name || extreme.suffix,
                                     case when source.delta then 'double precision' else source.type end,
                                     case when source.delta or source.type = 'bigint' then 8
                                          when source.type = 'integer' then 4 else 2 end
                                from (values (3, '_min'), (4, '_max')) as extreme (place, suffix)
                    union all select 5, source.name || '_millis', 'bigint', 8 where source.delta
                    union all select share.place, source.name || share.suffix, 'double precision', 8
                                from (values (6, '_p50'), (7, '_p95'), (8, '_p99')) as share (place, suffix)
                               where source.name = any (named)) as part (place, name, type, width);
            execute format(
                'create table %I (machine_id integer not null, %s time timestamptz not null, covered_millis bigint not null,'
                ' n integer not null, %s)${partitioned}',
                target, case when raw.device then 'device_id integer not null,' else '' end, columns);
            execute format('create unique index %I on %I (machine_id, time desc%s)', target || '_key', target,
                           case when raw.device then ', device_id' else '' end);
            execute format('comment on table %I is %L', target,
                           format('%s by %s: see V003; rolled up from raw, replaced where late rows came', raw.source, tier));
            for described in
                select a.attname as name,
                       case a.attname
                           when 'machine_id' then 'machine, id'
                           when 'device_id' then 'device, id'
                           when 'time' then 'start of the bucket, instant'
                           when 'covered_millis' then 'sum of the rows'' intervals, milliseconds'
                           when 'n' then 'raw rows in the bucket, count'
                           else case substring(a.attname from '_([a-z0-9]+)$')
                                    when 'n' then 'raw rows that measured it, count'
                                    when 'millis' then 'time covered by the rows that measured it, milliseconds'
                                    when 'sum' then 'sum; ' || value.text
                                    else substring(a.attname from '_([a-z0-9]+)$') || '; '
                                         || replace(value.text, ' in the interval', ' per second')
                                end
                       end as text
                  from pg_attribute a
                  left join lateral (
                       select col_description(s.attrelid, s.attnum) as text
                         from pg_attribute s
                        where s.attrelid = raw.source::regclass and s.attnum > 0
                          and a.attname = s.attname || substring(a.attname from '_[a-z0-9]+$')) as value on true
                 where a.attrelid = target::regclass and a.attnum > 0 and not a.attisdropped
            loop
                execute format('comment on column %I.%I is %L', target, described.name, described.text);
            end loop;
        end loop;
    end loop;
end
$$;

-- What each run of a machine sent in an hour, whatever its order: holes in the sequence are samples missing.
create table coverage (
    machine_id integer not null,
    time timestamptz not null,
    run_id integer not null,
    n integer not null,
    first_sequence bigint not null,
    last_sequence bigint not null,
    covered_millis bigint not null
)${partitioned};
create unique index coverage_key on coverage (machine_id, time desc, run_id);

comment on table coverage is 'Samples stored per machine, hour and run; rolled up with the hours, replaced where late rows came';
comment on column coverage.machine_id is 'machine, id';
comment on column coverage.time is 'start of the hour, instant';
comment on column coverage.run_id is 'run, id';
comment on column coverage.n is 'samples stored, count';
comment on column coverage.first_sequence is 'least sequence among them, count from 1';
comment on column coverage.last_sequence is 'greatest sequence among them, count from 1';
comment on column coverage.covered_millis is 'sum of their intervals, milliseconds';

-- Hours of machines that got a raw row below closed_until: rolled up again as a whole, from raw.
create table rollup_dirty (
    machine_id integer not null,
    hour timestamptz not null,
    marks integer not null default 1,
    marked_at timestamptz not null default now(),
    last_marked_at timestamptz not null default now(),
    primary key (machine_id, hour)
);

comment on table rollup_dirty is 'Hours of machines to be rolled up again since late rows came; goes with the repair';
comment on column rollup_dirty.machine_id is 'machine, id';
comment on column rollup_dirty.hour is 'start of the hour, instant';
comment on column rollup_dirty.marks is 'transactions that marked it, count: each touches the row, so that a repair waits for them';
comment on column rollup_dirty.marked_at is 'when the first of them did, instant';
comment on column rollup_dirty.last_marked_at is 'when the newest of them did, instant';

-- What is kept, and how far it is rolled up. All writers hold the history lock (HistoryLock) shared while they write and look here under
-- it; who moves closed_until or horizon holds it exclusively, for that alone.
create table history_tier (
    tier text collate "C" primary key check (tier in ('raw', 'minute', 'hour')),
    retention interval not null,
    kept_from timestamptz,
    closed_until timestamptz,
    rolled_until timestamptz
);
insert into history_tier (tier, retention) values ('raw', '50 hours'), ('minute', '30 days'), ('hour', '730 days');

comment on table history_tier is 'Tiers: how long each is kept, where it begins, and how far it is rolled up';
comment on column history_tier.tier is 'raw, minute or hour, name';
comment on column history_tier.retention is 'how long rows are kept, interval; written by the aggregator at start';
comment on column history_tier.kept_from is 'rows older than this are gone or going, instant; null = none went yet';
comment on column history_tier.closed_until is 'of minute alone: raw rows that arrive for before this mark their hour dirty, instant; null = nothing closed';
comment on column history_tier.rolled_until is 'readers find everything before this in the tier and take what is after from the finer one, instant; null = nothing';

create table history_state (
    one boolean primary key default true check (one),
    horizon timestamptz not null default '-infinity',
    ids_epoch bigint not null default 1
);
insert into history_state default values;

comment on table history_state is 'What writers have to know before each transaction; one row';
comment on column history_state.one is 'always true, flag: there is one row';
comment on column history_state.horizon is 'raw rows older than this are refused whatever their age, since their hours cannot be rolled up any more, instant; raised by the disk guard';
comment on column history_state.ids_epoch is 'changes when a machine was removed, count: ids resolved before are void';

-- A machine that is being removed has lost its name already: what comes in under it is of a new machine.
alter table machine alter column name drop not null;
comment on column machine.name is 'machine id as people see it, name; null = being removed';

create table machine_removal (
    machine_id integer primary key references machine on delete cascade,
    requested_at timestamptz not null default now()
);

comment on table machine_removal is 'Machines to be removed with all they have; asked for by the api, done by an aggregator';
comment on column machine_removal.machine_id is 'machine, id';
comment on column machine_removal.requested_at is 'when it was asked for, instant';

-- Rows are found by machine and time alone: statistics of what they measured would be made again and again, for nobody, at a
-- third of the cost of storing them. Partitions and chunks made later take this over.
do $$
declare
    quiet record;
begin
    for quiet in
        select a.attrelid::regclass as name, string_agg(format('alter column %I set statistics 0', a.attname), ', ') as columns
          from pg_attribute as a
         where a.attrelid = any (array['host_sample', 'disk_sample', 'nic_sample', 'fs_sample', 'host_minute', 'disk_minute',
                                       'nic_minute', 'fs_minute', 'host_hour', 'disk_hour', 'nic_hour', 'fs_hour']::regclass[])
           and a.attnum > 0 and not a.attisdropped
           and a.attname not in ('machine_id', 'device_id', 'time')
         group by a.attrelid
    loop
        execute format('alter table %s %s', quiet.name, quiet.columns);
    end loop;
end
$$;
