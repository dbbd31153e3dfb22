package firstlight.database;

import firstlight.model.StageTime;
import firstlight.policy.work.SlowStages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast the stages of the last works on PCs of each model were. The kept ones tell what is usual for a model, to which a work's own
 * are compared ({@link SlowStages}).
 */
public final class StageRateStore {
    /** As many of each stage are kept, and asked for. */
    static final int KEPT = 50;

    private final Backend backend;

    StageRateStore(Backend backend) {
        this.backend = backend;
    }

    /**
     * Remembers the stages of a work on {@code device}.
     *
     * @param model as the device's facts name it
     * @param work its kind, such as {@code restore}
     * @param stages those that were too short to be measured are left out
     */
    public void add(String model, String work, long device, List<StageTime> stages, Instant now) {
        List<StageTime> measured =
                stages.stream().filter(SlowStages::isMeasured).toList();
        if (measured.isEmpty()) {
            return;
        }
        backend.run(handle -> {
            for (StageTime stage : measured) {
                handle.execute(
                        "insert into stage_rate (model, work, stage, device, rate, at) values (?, ?, ?, ?, ?, ?)",
                        model,
                        work,
                        stage.stage(),
                        device,
                        Math.round(stage.rate()),
                        now.toEpochMilli());
                handle.execute(
                        "delete from stage_rate where model = ? and work = ? and stage = ? and id <= (select id from stage_rate"
                                + " where model = ? and work = ? and stage = ? order by id desc limit 1 offset ?)",
                        model,
                        work,
                        stage.stage(),
                        model,
                        work,
                        stage.stage(),
                        KEPT);
            }
        });
    }

    /** By stage, octets a second of the last works of that kind on PCs of the model but {@code device}. */
    public Map<String, List<Double>> others(String model, String work, long device) {
        Map<String, List<Double>> rates = new HashMap<>();
        backend.read(handle -> handle.createQuery(
                                "select stage, rate from stage_rate where model = ? and work = ? and device <> ?")
                        .bind(0, model)
                        .bind(1, work)
                        .bind(2, device)
                        .map((row, context) -> Map.entry(row.getString("stage"), (double) row.getLong("rate")))
                        .list())
                .forEach(each -> rates.computeIfAbsent(each.getKey(), _ -> new ArrayList<>())
                        .add(each.getValue()));
        return rates;
    }
}
