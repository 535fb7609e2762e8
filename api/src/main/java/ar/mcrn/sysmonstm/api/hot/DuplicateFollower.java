package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.api.MachineView.ClaimView;
import ar.mcrn.sysmonstm.api.api.MachineView.DuplicateView;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.v1.DuplicateIdentity;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import ar.mcrn.sysmonstm.v1.IdentityMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Machines that two agents claim, as aggregators tell it every 10 s: known here until 2 min after the refused one tried last. At
 * most {@value #LIMIT}; the one heard of longest ago goes for a new one. Any thread.
 */
public final class DuplicateFollower implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(DuplicateFollower.class);
    private static final int LIMIT = 1_024;
    private static final long KEPT_MILLIS = Duration.ofMinutes(2).toMillis();

    private final EventBus bus;
    private final InstantSource clock;
    private final Map<String, DuplicateIdentity> machines = new LinkedHashMap<>();
    private Subscription subscription;

    /** Hears nothing before it is started. */
    public DuplicateFollower(EventBus bus, InstantSource clock) {
        this.bus = bus;
        this.clock = clock;
    }

    @Override
    public void start() {
        subscription = bus.subscribe(Channel.IDENTITY, new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                hear(message);
            }
        });
    }

    @Override
    public void stop() {
        subscription.close();
    }

    private void hear(byte[] message) {
        try {
            IdentityMessage.parseFrom(message).getDuplicatesList().forEach(this::keep);
        } catch (InvalidProtocolBufferException e) {
            LOG.debug("message is no IdentityMessage: bytes={}", message.length, e);
        }
    }

    private synchronized void keep(DuplicateIdentity duplicate) {
        String machine = duplicate.getHolder().getMachine();
        machines.remove(machine);
        if (machines.size() >= LIMIT) {
            machines.remove(machines.keySet().iterator().next());
        }
        machines.put(machine, duplicate);
    }

    /** The two agents of a machine, where there are two. */
    public synchronized Optional<DuplicateView> of(String machine) {
        DuplicateIdentity duplicate = machines.get(machine);
        if (duplicate == null) {
            return Optional.empty();
        }
        if (clock.millis() - duplicate.getRefusedMillis() > KEPT_MILLIS) {
            machines.remove(machine);
            return Optional.empty();
        }
        return Optional.of(new DuplicateView(
                view(duplicate.getHolder()), view(duplicate.getRefused()), duplicate.getRefusedMillis()));
    }

    private static ClaimView view(IdentityClaim claim) {
        return new ClaimView(claim.getPeer(), claim.getVersion(), claim.getRunStartMillis());
    }
}
