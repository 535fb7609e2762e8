-- Raw history. Rows hold the wire's integers; a null was not measured. The columns of the four sample tables are the
-- metric catalogue's, in its order (a test holds them equal); types are the smallest that hold its bounds.
--
-- ${partitioned} is the native range partitioning of mode plain and empty in mode timescale, where a later migration
-- makes hypertables of the same tables. Chosen once, recorded in history_mode.

create table history_mode (
    one boolean primary key default true check (one),
    mode text not null check (mode in ('plain', 'timescale')),
    chosen_at timestamptz not null default now()
);
insert into history_mode (mode) values ('${mode}');

comment on table history_mode is 'How raw history is cut by time, chosen at the first migration; one row';
comment on column history_mode.one is 'always true, flag: there is one row';
comment on column history_mode.mode is 'plain or timescale, name';
comment on column history_mode.chosen_at is 'when it was chosen, instant';

create table machine (
    machine_id integer generated always as identity primary key,
    name text collate "C" not null unique,
    first_seen timestamptz not null default now()
);

comment on table machine is 'Monitored machines: names to integers';
comment on column machine.machine_id is 'machine, id';
comment on column machine.name is 'machine id as people see it, name';
comment on column machine.first_seen is 'when the first sample was stored, instant';

create table device (
    device_id integer generated always as identity primary key,
    machine_id integer not null references machine,
    kind text collate "C" not null check (kind in ('disk', 'interface', 'filesystem')),
    name text collate "C" not null,
    unique (machine_id, kind, name)
);

comment on table device is 'Disks, interfaces and file systems: names to integers';
comment on column device.device_id is 'device, id';
comment on column device.machine_id is 'machine it belongs to, id';
comment on column device.kind is 'disk, interface or filesystem, name';
comment on column device.name is 'kernel name, for a file system its mount point, name';

create table run (
    run_id integer generated always as identity primary key,
    machine_id integer not null references machine,
    run bigint not null,
    unique (machine_id, run)
);

comment on table run is 'Lives of agent processes: 63-bit ids to integers';
comment on column run.run_id is 'run, id';
comment on column run.machine_id is 'machine it is of, id';
comment on column run.run is 'run as the agent drew it, id';

create table machine_event (
    machine_id integer not null references machine,
    run_id integer not null references run,
    event_sequence bigint not null,
    kind text collate "C" not null,
    time timestamptz not null,
    from_time timestamptz,
    to_time timestamptz,
    first_sequence bigint,
    last_sequence bigint,
    detail text not null,
    primary key (machine_id, run_id, event_sequence)
);

comment on table machine_event is 'What explains gaps: run start and stop, suspend, clock step, spool drop, lost samples';
comment on column machine_event.machine_id is 'machine, id';
comment on column machine_event.run_id is 'run, id';
comment on column machine_event.event_sequence is 'number within the run, count from 1';
comment on column machine_event.kind is 'run_start, run_stop, suspend, clock_step, spool_drop or sample_lost, name';
comment on column machine_event.time is 'when it happened, instant (milliseconds)';
comment on column machine_event.from_time is 'start of the stretch it explains, instant (milliseconds); null = none';
comment on column machine_event.to_time is 'end of the stretch it explains, instant (milliseconds); null = none';
comment on column machine_event.first_sequence is 'first sample it explains, sequence; null = none';
comment on column machine_event.last_sequence is 'last sample it explains, sequence; null = none';
comment on column machine_event.detail is 'for people, text of at most 256 bytes';

create table host_sample (
    machine_id integer not null,
    time timestamptz not null,
    run_id integer not null,
    sequence bigint not null,
    duration_millis integer not null,
    late boolean not null,
    cpu_total smallint,
    cpu_user smallint,
    cpu_nice smallint,
    cpu_system smallint,
    cpu_idle smallint,
    cpu_iowait smallint,
    cpu_interrupt smallint,
    cpu_steal smallint,
    load_1m integer,
    load_5m integer,
    load_15m integer,
    context_switches bigint,
    interrupts bigint,
    memory_limit bigint,
    memory_used bigint,
    memory_free bigint,
    memory_buffers bigint,
    memory_cached bigint,
    memory_shared bigint,
    memory_available bigint,
    memory_slab bigint,
    memory_utilization smallint,
    swap_limit bigint,
    swap_used bigint,
    swap_utilization smallint,
    swap_in bigint,
    swap_out bigint,
    faults_major bigint,
    faults_minor bigint,
    pressure_cpu_some bigint,
    pressure_memory_some bigint,
    pressure_memory_full bigint,
    pressure_io_some bigint,
    pressure_io_full bigint,
    disk_read_bytes bigint,
    disk_write_bytes bigint,
    disk_reads bigint,
    disk_writes bigint,
    disk_busiest smallint,
    network_receive_bytes bigint,
    network_transmit_bytes bigint,
    network_receive_packets bigint,
    network_transmit_packets bigint,
    network_errors bigint,
    network_dropped bigint,
    tcp_established bigint,
    tcp_time_wait bigint,
    tcp_orphaned bigint,
    tcp_allocated bigint,
    processes bigint,
    processes_running bigint,
    processes_blocked bigint,
    processes_created bigint,
    threads bigint,
    filesystem_fullest smallint,
    uptime bigint,
    core_load bytea
)${partitioned};
-- At most 512 bytes: never worth a TOAST table, neither here nor for the writer's temporary copy.
alter table host_sample alter column core_load set storage plain;
create unique index host_sample_key on host_sample (machine_id, time desc);

comment on table host_sample is 'Machines as a whole, one row per machine and collect interval; null = not measured';
comment on column host_sample.machine_id is 'machine, id';
comment on column host_sample.time is 'end of the interval, instant (milliseconds)';
comment on column host_sample.run_id is 'run, id';
comment on column host_sample.sequence is 'number within the run, count from 1';
comment on column host_sample.duration_millis is 'length of the interval, milliseconds';
comment on column host_sample.late is 'true for backfill, flag';
comment on column host_sample.cpu_total is 'system.cpu.utilization: basis points';
comment on column host_sample.cpu_user is 'system.cpu.utilization{mode=user}: basis points';
comment on column host_sample.cpu_nice is 'system.cpu.utilization{mode=nice}: basis points';
comment on column host_sample.cpu_system is 'system.cpu.utilization{mode=system}: basis points';
comment on column host_sample.cpu_idle is 'system.cpu.utilization{mode=idle}: basis points';
comment on column host_sample.cpu_iowait is 'system.cpu.utilization{mode=iowait}: basis points';
comment on column host_sample.cpu_interrupt is 'system.cpu.utilization{mode=interrupt}: basis points';
comment on column host_sample.cpu_steal is 'system.cpu.utilization{mode=steal}: basis points';
comment on column host_sample.load_1m is 'system.cpu.load_average.1m: hundredths';
comment on column host_sample.load_5m is 'system.cpu.load_average.5m: hundredths';
comment on column host_sample.load_15m is 'system.cpu.load_average.15m: hundredths';
comment on column host_sample.context_switches is 'system.cpu.context_switches: switches in the interval';
comment on column host_sample.interrupts is 'system.cpu.interrupts: interrupts in the interval';
comment on column host_sample.memory_limit is 'system.memory.limit: KiB';
comment on column host_sample.memory_used is 'system.memory.usage{state=used}: KiB';
comment on column host_sample.memory_free is 'system.memory.usage{state=free}: KiB';
comment on column host_sample.memory_buffers is 'system.memory.usage{state=buffers}: KiB';
comment on column host_sample.memory_cached is 'system.memory.usage{state=cached}: KiB';
comment on column host_sample.memory_shared is 'system.memory.usage{state=shared}: KiB';
comment on column host_sample.memory_available is 'system.memory.linux.available: KiB';
comment on column host_sample.memory_slab is 'system.memory.linux.slab.usage: KiB';
comment on column host_sample.memory_utilization is 'system.memory.utilization: basis points';
comment on column host_sample.swap_limit is 'system.paging.limit: KiB';
comment on column host_sample.swap_used is 'system.paging.usage{state=used}: KiB';
comment on column host_sample.swap_utilization is 'system.paging.utilization{state=used}: basis points';
comment on column host_sample.swap_in is 'system.paging.operations{direction=in}: operations in the interval';
comment on column host_sample.swap_out is 'system.paging.operations{direction=out}: operations in the interval';
comment on column host_sample.faults_major is 'system.paging.faults{type=major}: faults in the interval';
comment on column host_sample.faults_minor is 'system.paging.faults{type=minor}: faults in the interval';
comment on column host_sample.pressure_cpu_some is 'system.linux.pressure{resource=cpu,stall=some}: microseconds in the interval';
comment on column host_sample.pressure_memory_some is 'system.linux.pressure{resource=memory,stall=some}: microseconds in the interval';
comment on column host_sample.pressure_memory_full is 'system.linux.pressure{resource=memory,stall=full}: microseconds in the interval';
comment on column host_sample.pressure_io_some is 'system.linux.pressure{resource=io,stall=some}: microseconds in the interval';
comment on column host_sample.pressure_io_full is 'system.linux.pressure{resource=io,stall=full}: microseconds in the interval';
comment on column host_sample.disk_read_bytes is 'system.disk.io{direction=read}: bytes in the interval';
comment on column host_sample.disk_write_bytes is 'system.disk.io{direction=write}: bytes in the interval';
comment on column host_sample.disk_reads is 'system.disk.operations{direction=read}: operations in the interval';
comment on column host_sample.disk_writes is 'system.disk.operations{direction=write}: operations in the interval';
comment on column host_sample.disk_busiest is 'system.disk.utilization.max: basis points';
comment on column host_sample.network_receive_bytes is 'system.network.io{direction=receive}: bytes in the interval';
comment on column host_sample.network_transmit_bytes is 'system.network.io{direction=transmit}: bytes in the interval';
comment on column host_sample.network_receive_packets is 'system.network.packet.count{direction=receive}: packets in the interval';
comment on column host_sample.network_transmit_packets is 'system.network.packet.count{direction=transmit}: packets in the interval';
comment on column host_sample.network_errors is 'system.network.errors: errors in the interval';
comment on column host_sample.network_dropped is 'system.network.packet.dropped: packets in the interval';
comment on column host_sample.tcp_established is 'system.network.connection.count{state=established,transport=tcp}: connections';
comment on column host_sample.tcp_time_wait is 'system.network.connection.count{state=time_wait,transport=tcp}: connections';
comment on column host_sample.tcp_orphaned is 'system.network.connection.count{state=orphaned,transport=tcp}: connections';
comment on column host_sample.tcp_allocated is 'system.network.connection.count{state=allocated,transport=tcp}: connections';
comment on column host_sample.processes is 'system.process.count: processes';
comment on column host_sample.processes_running is 'system.process.count{state=running}: processes';
comment on column host_sample.processes_blocked is 'system.process.count{state=blocked}: processes';
comment on column host_sample.processes_created is 'system.process.created: processes in the interval';
comment on column host_sample.threads is 'system.thread.count: threads';
comment on column host_sample.filesystem_fullest is 'system.filesystem.utilization.max: basis points';
comment on column host_sample.uptime is 'system.uptime: seconds';
comment on column host_sample.core_load is 'system.cpu.utilization per logical core, one byte each: 0..200 half percents';

create table disk_sample (
    machine_id integer not null,
    device_id integer not null,
    time timestamptz not null,
    duration_millis integer not null,
    read_bytes bigint,
    write_bytes bigint,
    reads bigint,
    writes bigint,
    read_millis bigint,
    write_millis bigint,
    busy_millis bigint,
    pending bigint,
    read_peak bigint,
    write_peak bigint,
    busy_peak smallint
)${partitioned};
create unique index disk_sample_key on disk_sample (machine_id, time desc, device_id);

comment on table disk_sample is 'Disks, one row per device and closed interval (10 s); null = not measured';
comment on column disk_sample.machine_id is 'machine, id';
comment on column disk_sample.device_id is 'device, id';
comment on column disk_sample.time is 'end of the interval, instant (milliseconds)';
comment on column disk_sample.duration_millis is 'length of the interval, milliseconds';
comment on column disk_sample.read_bytes is 'system.disk.io{direction=read}: bytes in the interval';
comment on column disk_sample.write_bytes is 'system.disk.io{direction=write}: bytes in the interval';
comment on column disk_sample.reads is 'system.disk.operations{direction=read}: operations in the interval';
comment on column disk_sample.writes is 'system.disk.operations{direction=write}: operations in the interval';
comment on column disk_sample.read_millis is 'system.disk.operation_time{direction=read}: milliseconds in the interval';
comment on column disk_sample.write_millis is 'system.disk.operation_time{direction=write}: milliseconds in the interval';
comment on column disk_sample.busy_millis is 'system.disk.io_time: milliseconds in the interval';
comment on column disk_sample.pending is 'system.disk.pending_operations: operations';
comment on column disk_sample.read_peak is 'system.disk.io.peak{direction=read}: bytes per second';
comment on column disk_sample.write_peak is 'system.disk.io.peak{direction=write}: bytes per second';
comment on column disk_sample.busy_peak is 'system.disk.io_time.peak: basis points';

create table nic_sample (
    machine_id integer not null,
    device_id integer not null,
    time timestamptz not null,
    duration_millis integer not null,
    receive_bytes bigint,
    receive_packets bigint,
    receive_errors bigint,
    receive_dropped bigint,
    transmit_bytes bigint,
    transmit_packets bigint,
    transmit_errors bigint,
    transmit_dropped bigint,
    receive_peak bigint,
    transmit_peak bigint
)${partitioned};
create unique index nic_sample_key on nic_sample (machine_id, time desc, device_id);

comment on table nic_sample is 'Network interfaces, one row per device and closed interval (10 s); null = not measured';
comment on column nic_sample.machine_id is 'machine, id';
comment on column nic_sample.device_id is 'device, id';
comment on column nic_sample.time is 'end of the interval, instant (milliseconds)';
comment on column nic_sample.duration_millis is 'length of the interval, milliseconds';
comment on column nic_sample.receive_bytes is 'system.network.io{direction=receive}: bytes in the interval';
comment on column nic_sample.receive_packets is 'system.network.packet.count{direction=receive}: packets in the interval';
comment on column nic_sample.receive_errors is 'system.network.errors{direction=receive}: errors in the interval';
comment on column nic_sample.receive_dropped is 'system.network.packet.dropped{direction=receive}: packets in the interval';
comment on column nic_sample.transmit_bytes is 'system.network.io{direction=transmit}: bytes in the interval';
comment on column nic_sample.transmit_packets is 'system.network.packet.count{direction=transmit}: packets in the interval';
comment on column nic_sample.transmit_errors is 'system.network.errors{direction=transmit}: errors in the interval';
comment on column nic_sample.transmit_dropped is 'system.network.packet.dropped{direction=transmit}: packets in the interval';
comment on column nic_sample.receive_peak is 'system.network.io.peak{direction=receive}: bytes per second';
comment on column nic_sample.transmit_peak is 'system.network.io.peak{direction=transmit}: bytes per second';

create table fs_sample (
    machine_id integer not null,
    device_id integer not null,
    time timestamptz not null,
    duration_millis integer not null,
    size bigint,
    used bigint,
    free bigint,
    utilization smallint,
    inodes_used bigint,
    inodes_free bigint
)${partitioned};
create unique index fs_sample_key on fs_sample (machine_id, time desc, device_id);

comment on table fs_sample is 'File systems, one row per device and closed interval (60 s); null = not measured';
comment on column fs_sample.machine_id is 'machine, id';
comment on column fs_sample.device_id is 'device, id';
comment on column fs_sample.time is 'end of the interval, instant (milliseconds)';
comment on column fs_sample.duration_millis is 'length of the interval, milliseconds';
comment on column fs_sample.size is 'system.filesystem.limit: KiB';
comment on column fs_sample.used is 'system.filesystem.usage{state=used}: KiB';
comment on column fs_sample.free is 'system.filesystem.usage{state=free}: KiB';
comment on column fs_sample.utilization is 'system.filesystem.utilization: basis points';
comment on column fs_sample.inodes_used is 'system.filesystem.inodes.usage{state=used}: inodes';
comment on column fs_sample.inodes_free is 'system.filesystem.inodes.usage{state=free}: inodes';
