package ar.mcrn.sysmonstm.ops.runtime.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.HotKeys;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.ZAddParams;
import redis.clients.jedis.resps.Tuple;

/** Hot state in Redis; keys and types stand in {@link HotKeys}. Every method is one round trip or two. */
public final class RedisHotState implements HotState {
    private final RedisLink link;

    /** Over a link that its owner closes. */
    public RedisHotState(RedisLink link) {
        this.link = link;
    }

    @Override
    public void write(List<Entry> entries, byte[] tick) throws BusException {
        SetParams expiry = SetParams.setParams().ex(HotKeys.SAMPLE_TTL.toSeconds());
        Map<String, Double> seen = new HashMap<>();
        link.call("write", client -> {
            List<Response<?>> replies = new ArrayList<>();
            try (AbstractPipeline pipeline = client.pipelined()) {
                for (Entry entry : entries) {
                    replies.add(pipeline.set(key(HotKeys.sample(entry.machine())), entry.sample(), expiry));
                    entry.inventory()
                            .ifPresent(inventory ->
                                    replies.add(pipeline.set(key(HotKeys.inventory(entry.machine())), inventory)));
                    seen.put(entry.machine().value(), (double) entry.receivedMillis());
                }
                if (!seen.isEmpty()) {
                    replies.add(pipeline.zadd(HotKeys.MACHINES, seen));
                }
                replies.add(pipeline.publish(key(Channel.LIVE.key()), tick));
                pipeline.sync();
            }
            // An error reply surfaces only when it is read: at maxmemory keys are refused and publishing is not.
            replies.forEach(Response::get);
            return replies.size();
        });
    }

    @Override
    public void restore(SortedMap<MachineId, Long> seen) throws BusException {
        if (seen.isEmpty()) {
            return;
        }
        Map<String, Double> scores = new HashMap<>();
        seen.forEach((machine, millis) -> scores.put(machine.value(), (double) millis));
        link.call(
                "restore",
                client -> client.zadd(
                        HotKeys.MACHINES, scores, ZAddParams.zAddParams().nx()));
    }

    @Override
    public Optional<HotMachine> read(MachineId machine) throws BusException {
        Double seen = link.call("read", client -> client.zscore(key(HotKeys.MACHINES), key(machine.value())));
        if (seen == null) {
            return Optional.empty();
        }
        return Optional.of(
                readMachines(List.of(machine), List.of(seen.longValue())).get(machine));
    }

    @Override
    public SortedMap<MachineId, HotMachine> readAll() throws BusException {
        SortedMap<MachineId, Long> seen = lastSeen();
        return readMachines(List.copyOf(seen.keySet()), List.copyOf(seen.values()));
    }

    private SortedMap<MachineId, HotMachine> readMachines(List<MachineId> machines, List<Long> seen)
            throws BusException {
        List<Response<byte[]>> samples = new ArrayList<>();
        List<Response<byte[]>> inventories = new ArrayList<>();
        link.call("read machines", client -> {
            try (AbstractPipeline pipeline = client.pipelined()) {
                for (MachineId machine : machines) {
                    samples.add(pipeline.get(key(HotKeys.sample(machine))));
                    inventories.add(pipeline.get(key(HotKeys.inventory(machine))));
                }
                pipeline.sync();
            }
            return machines.size();
        });
        SortedMap<MachineId, HotMachine> result = new TreeMap<>();
        try {
            for (int i = 0; i < machines.size(); i++) {
                byte[] sample = samples.get(i).get();
                byte[] inventory = inventories.get(i).get();
                result.put(
                        machines.get(i),
                        new HotMachine(
                                machines.get(i),
                                seen.get(i),
                                sample == null ? Optional.empty() : Optional.of(LiveSample.parseFrom(sample)),
                                inventory == null ? Optional.empty() : Optional.of(Inventory.parseFrom(inventory))));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new BusException("hot state in redis cannot be read", e);
        }
        return result;
    }

    @Override
    public SortedMap<MachineId, Long> lastSeen() throws BusException {
        List<Tuple> tuples = link.call("last seen", client -> client.zrangeWithScores(key(HotKeys.MACHINES), 0, -1));
        SortedMap<MachineId, Long> seen = new TreeMap<>();
        for (Tuple tuple : tuples) {
            String name = new String(tuple.getBinaryElement(), UTF_8);
            if (MachineId.isValid(name)) {
                seen.put(new MachineId(name), (long) tuple.getScore());
            }
        }
        return seen;
    }

    @Override
    public void writeAlertState(MachineId machine, byte[] state) throws BusException {
        SetParams expiry = SetParams.setParams().ex(HotKeys.ALERT_TTL.toSeconds());
        link.call("write alert state", client -> client.set(key(HotKeys.alerts(machine)), state, expiry));
    }

    @Override
    public Optional<byte[]> readAlertState(MachineId machine) throws BusException {
        return Optional.ofNullable(link.call("read alert state", client -> client.get(key(HotKeys.alerts(machine)))));
    }

    @Override
    public void remove(MachineId machine) throws BusException {
        link.call("remove", client -> {
            try (AbstractPipeline pipeline = client.pipelined()) {
                pipeline.del(key(HotKeys.sample(machine)));
                pipeline.del(key(HotKeys.inventory(machine)));
                pipeline.del(key(HotKeys.alerts(machine)));
                Response<Long> removed = pipeline.zrem(key(HotKeys.MACHINES), key(machine.value()));
                pipeline.sync();
                return removed.get();
            }
        });
    }

    @Override
    public boolean isUp() {
        return link.isUp();
    }

    @Override
    public void close() {
        link.close();
    }

    private static byte[] key(String key) {
        return key.getBytes(UTF_8);
    }
}
