package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.Registration;
import firstlight.policy.level.Group;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is in memory, read afresh while this server goes on committing. */
class PictureTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static DevicePicture.Row device(long id, long revision) {
        return new DevicePicture.Row(
                new Device(
                        id,
                        "pc-" + id,
                        Registration.REGISTERED,
                        Group.NONE,
                        PolicyValues.NONE,
                        Facts.NONE,
                        Set.of(),
                        Optional.empty(),
                        "",
                        NOW),
                revision);
    }

    private static WorkPicture.Row work(long id) {
        return new WorkPicture.Row(Work.fresh(id, 7, new Task.Inventory(), Terms.by("ann"), NOW), 1);
    }

    @Test
    void aDeviceThatIsMadeWhileAllAreReadStays() {
        DevicePicture picture = new DevicePicture();
        picture.put(device(1, 1));
        picture.put(device(2, 1));

        picture.replace(() -> {
            picture.put(device(3, 1)); // committed after the snapshot that is read
            return List.of(device(1, 1));
        });

        assertThat(picture.all()).extracting(Device::id).containsExactlyInAnyOrder(1L, 3L);
        picture.put(device(3, 2));
        assertThat(picture.find(3)).isPresent();
        assertThat(picture.isTaken("pc-2")).isFalse();
    }

    @Test
    void workThatIsGivenWhileAllIsReadStays() {
        WorkPicture picture = new WorkPicture();
        picture.put(work(1));
        picture.put(work(2));

        picture.replace(() -> {
            picture.put(work(3));
            return List.of(work(1));
        });

        assertThat(picture.open()).extracting(Work::id).containsExactly(1L, 3L);
    }
}
