package firstlight.policy.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GroupTreeTest {
    private static final Group SCHOOL = group(1, "School", Group.NONE);
    private static final Group FLOOR = group(2, "Floor 1", 1);
    private static final Group ROOM = group(3, "Room 12", 2);
    private static final Group OFFICE = group(4, "Office", Group.NONE);

    private final GroupTree tree = GroupTree.of(List.of(ROOM, OFFICE, SCHOOL, FLOOR));

    @Test
    void aGroupSeesWhatIsAboveItNearestFirst() {
        assertThat(tree.upwards(3)).containsExactly(ROOM, FLOOR, SCHOOL);
        assertThat(tree.upwards(Group.NONE)).isEmpty();
        assertThat(tree.path(3)).isEqualTo("School/Floor 1/Room 12");
    }

    @Test
    void aGroupHasAllThatIsBelowIt() {
        assertThat(tree.downwards(1)).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(tree.downwards(4)).containsExactly(4L);
    }

    @Test
    void aGroupIsFoundWhateverTheCaseOfItsName() {
        assertThat(tree.find("room 12")).contains(ROOM);
        assertThat(tree.find("Room 13")).isEmpty();
    }

    @Test
    void aCircleIsRefusedWithItsReason() {
        assertThat(tree.refusal(group(1, "School", 3)))
                .contains("group 'School' cannot be below 'Room 12': that is below 'School'");
        assertThat(tree.refusal(group(1, "School", 1)))
                .contains("group 'School' cannot be below 'School': that is itself");
        assertThatThrownBy(() -> GroupTree.of(List.of(group(1, "a", 2), group(2, "b", 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be below");
    }

    @Test
    void twoGroupsOfOneNameAndAParentThatIsNoneAreRefused() {
        assertThat(tree.refusal(group(Group.NONE, "OFFICE", 1))).contains("another group is named 'Office'");
        assertThat(tree.refusal(group(4, "Office", 99))).contains("the parent of group 'Office' does not exist");
        assertThat(tree.refusal(group(Group.NONE, "Room 13", 2))).isEmpty();
        assertThat(tree.refusal(group(3, "Room 12a", 4))).isEmpty();
    }

    private static Group group(long id, String name, long parent) {
        return new Group(id, name, parent, PolicyValues.NONE);
    }
}
