package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.core.MachineState;
import ar.mcrn.sysmonstm.api.hot.LiveMachine;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.v1.Label;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Filter, order and page of the machine list, as its query parameters say. */
final class MachineQuery {
    /** State of a machine that is being removed, whatever it was before. */
    static final String REMOVING = "removing";

    /** As they are shown, in the order they are sorted by. */
    private static final List<String> STATES = Stream.concat(
                    Arrays.stream(MachineState.values()).map(MachineState::json), Stream.of(REMOVING))
            .toList();

    private static final int MOST = 1_000;
    private static final int FILTER = 256;

    private static final Map<String, Comparator<LiveMachine>> ORDERS = Map.of(
            "id", Comparator.comparing(LiveMachine::id),
            "cpu", byValue(HostColumn.CPU_TOTAL),
            "memory", byValue(HostColumn.MEMORY_UTILIZATION),
            "seen", Comparator.comparingLong(LiveMachine::receivedMillis));

    private final Predicate<LiveMachine> filter;
    private final Comparator<LiveMachine> order;
    private final int limit;
    private final int offset;

    /**
     * @param stateOf a machine's state as it is shown
     * @throws IllegalArgumentException naming parameter, value and what is allowed
     */
    MachineQuery(
            Function<LiveMachine, String> stateOf,
            Optional<String> filter,
            Optional<String> state,
            Optional<String> sort,
            Optional<String> order,
            Optional<String> limit,
            Optional<String> offset) {
        this.filter = filter.map(MachineQuery::text)
                .orElse(_ -> true)
                .and(state.map(text -> state(text, stateOf)).orElse(_ -> true));
        Comparator<LiveMachine> by = sort.orElse("id").equals("state")
                ? Comparator.comparing(stateOf, Comparator.comparingInt(STATES::indexOf))
                : ORDERS.get(sort.orElse("id"));
        if (by == null) {
            throw new IllegalArgumentException("sort=" + shown(sort) + ", allowed: id, state, cpu, memory, seen");
        }
        boolean down = switch (order.orElse("asc")) {
            case "asc" -> false;
            case "desc" -> true;
            default -> throw new IllegalArgumentException("order=" + shown(order) + ", allowed: asc, desc");
        };
        this.order = (down ? by.reversed() : by).thenComparing(LiveMachine::id);
        this.limit = number("limit", limit, MOST, 1, MOST);
        this.offset = number("offset", offset, 0, 0, Integer.MAX_VALUE);
    }

    Predicate<LiveMachine> filter() {
        return filter;
    }

    Comparator<LiveMachine> order() {
        return order;
    }

    int limit() {
        return limit;
    }

    int offset() {
        return offset;
    }

    private static Predicate<LiveMachine> text(String text) {
        if (text.length() > FILTER) {
            throw new IllegalArgumentException("filter has more than " + FILTER + " characters");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        Glob glob = new Glob(Glob.isGlob(lower) ? lower : "*" + lower + "*");
        Predicate<String> matches = value -> glob.matches(value.toLowerCase(Locale.ROOT));
        return machine -> matches.test(machine.id())
                || machine.inventory().getLabelsList().stream()
                        .map(Label::getValue)
                        .anyMatch(matches);
    }

    private static Predicate<LiveMachine> state(String text, Function<LiveMachine, String> stateOf) {
        if (STATES.contains(text)) {
            return machine -> stateOf.apply(machine).equals(text);
        }
        throw new IllegalArgumentException(
                "state=" + shown(Optional.of(text)) + ", allowed: " + String.join(", ", STATES));
    }

    private static Comparator<LiveMachine> byValue(HostColumn column) {
        return Comparator.comparingDouble(machine -> {
            double value = machine.values()[column.wire()];
            return Double.isNaN(value) ? -1 : value;
        });
    }

    private static int number(String name, Optional<String> text, int usual, int least, int most) {
        try {
            int value = text.map(Integer::parseInt).orElse(usual);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // said below with what is allowed
        }
        throw new IllegalArgumentException(name + "=" + shown(text) + ", allowed: " + least + " to " + most);
    }

    private static String shown(Optional<String> text) {
        String value = text.orElse("");
        return value.length() > 32 ? value.substring(0, 32) + "..." : value;
    }
}
