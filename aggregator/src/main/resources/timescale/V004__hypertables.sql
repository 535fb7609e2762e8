-- Mode timescale alone: hypertables of the same tables, columnstore for what is rarely written to any more. What is old is dropped by
-- our own job in both modes, since it has to respect rollups, horizon and history_tier.kept_from; so there is no retention policy.
--
-- Raw goes to the columnstore after 2 h and takes late rows there too. Tiers and coverage go when rows may not come any more for
-- their hours, with raw retention at its default.

do $$
declare
    cut record;
begin
    for cut in
        select * from (values
            ('host_sample', interval '1 hour', interval '2 hours', 'time desc'),
            ('disk_sample', interval '1 hour', interval '2 hours', 'device_id, time desc'),
            ('nic_sample', interval '1 hour', interval '2 hours', 'device_id, time desc'),
            ('fs_sample', interval '1 hour', interval '2 hours', 'device_id, time desc'),
            ('host_minute', interval '1 day', interval '60 hours', 'time desc'),
            ('disk_minute', interval '1 day', interval '60 hours', 'device_id, time desc'),
            ('nic_minute', interval '1 day', interval '60 hours', 'device_id, time desc'),
            ('fs_minute', interval '1 day', interval '60 hours', 'device_id, time desc'),
            ('host_hour', interval '30 days', interval '60 hours', 'time desc'),
            ('disk_hour', interval '30 days', interval '60 hours', 'device_id, time desc'),
            ('nic_hour', interval '30 days', interval '60 hours', 'device_id, time desc'),
            ('fs_hour', interval '30 days', interval '60 hours', 'device_id, time desc'),
            ('coverage', interval '30 days', interval '60 hours', 'time desc, run_id'))
            as t (name, chunk, after, ordered)
    loop
        perform create_hypertable(cut.name::regclass, by_range('time', cut.chunk),
                                  create_default_indexes => false, if_not_exists => true);
        execute format('alter table %I set (timescaledb.enable_columnstore = true, timescaledb.segmentby = %L,'
                       ' timescaledb.orderby = %L)', cut.name, 'machine_id', cut.ordered);
        execute format('call add_columnstore_policy(%L::regclass, after => interval %L, if_not_exists => true)',
                       cut.name, cut.after);
    end loop;
end
$$;

-- Nothing about anybody's history is told to others. Only the owner of the database may say so.
do $$
begin
    execute format('alter database %I set timescaledb.telemetry_level = %L', current_database(), 'off');
exception when insufficient_privilege then
    raise notice 'telemetry of TimescaleDB is left as the server has it';
end
$$;
