package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.StageTime;
import firstlight.policy.Device;
import firstlight.policy.work.LinkRate;
import firstlight.policy.work.SlowStages;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.server.boots.TransactionLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Says of a PC that it is slower than it should be, and what to look at. */
final class SlowPcs {
    private final Database database;
    private final TransactionLog log;

    SlowPcs(Database database, TransactionLog log) {
        this.database = database;
        this.log = log;
    }

    /**
     * Before anything is slow: what its network card agreed on with the switch.
     *
     * @param before as the PC was known before this boot
     */
    void link(Boot boot, Optional<Device> before, Facts facts, Instant now) {
        LinkRate.of(facts)
                .flatMap(link -> link.trouble(before.flatMap(known -> LinkRate.of(known.facts()))))
                .ifPresent(words -> log.append(boot, now, "slow", words));
    }

    /** Says which stage was far slower than on other PCs of this model, and remembers all for the next. */
    void stages(Boot boot, Work work, List<StageTime> stages, Instant now) {
        Optional<Device> device = database.devices().find(boot.device());
        Optional<String> model = device.flatMap(each -> each.facts().first(FactName.MODEL));
        if (model.isEmpty() || stages.isEmpty()) {
            return;
        }
        String kind = work.task() instanceof Task.Capture ? "capture" : "restore";
        // Before its own are added: it must not be compared with itself.
        var others = database.stageRates().others(model.get(), kind, boot.device());
        for (SlowStages.Slow slow :
                SlowStages.of(stages, others, LinkRate.of(device.get().facts()))) {
            log.append(boot, now, "slow", slow.toString());
            database.alarms().raise(boot.device(), kind + " at " + device.get().name() + ": " + slow, now);
        }
        database.stageRates().add(model.get(), kind, boot.device(), stages, now);
    }
}
