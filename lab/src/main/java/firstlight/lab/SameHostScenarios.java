package firstlight.lab;

import static firstlight.lab.Lan.Topology.SAME_HOST;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A DHCP server on Firstlight's host that starts later and was told nothing of it. */
final class SameHostScenarios {
    private SameHostScenarios() {}

    static List<Scenario> all() {
        return List.of(silent().onlyByName());
    }

    private static Scenario silent() {
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startFirstlight("menu: {shown: always}"));
        steps.add(new Act(Phase.CHECK, "a DHCP server starts after it that knows nothing of it", stage -> {
            stage.startSilentDhcp();
            return "";
        }));
        steps.addAll(boots(PcSpec.of("bios", 1, Firmware.BIOS), Sight.discover(), Sight.proxyOffer()));
        steps.addAll(boots(PcSpec.of("uefi", 2, Firmware.UEFI), Sight.discover(), Sight.proxyOffer()));
        steps.addAll(boots(
                PcSpec.of("http", 3, Firmware.UEFI).with(Trait.HTTP_BOOT),
                Sight.httpBootDiscover(),
                Sight.httpBootOffer()));
        return new Scenario(
                "same-host-silent-dhcp",
                "BIOS, UEFI and HTTP Boot find Firstlight beside a DHCP server on its host that starts later and does not name it",
                SAME_HOST,
                steps);
    }

    /** Port 4011 must not be needed: nobody told that DHCP server of it. */
    private static List<Step> boots(PcSpec pc, Sight discover, Sight offer) {
        String program = pc.startsWithIpxe() ? "undionly|boot\\.ipxe|preboot" : "snponly\\.efi";
        return List.of(
                new PowerOn(pc, Optional.of(DiskKind.BLANK)),
                new Expect(Phase.ONE_A, "the firmware's DISCOVER", discover, 60),
                new Expect(Phase.ONE_A, "the DHCP server's OFFER of an address", Sight.addressOffer(Lan.SERVER), 30),
                new Expect(Phase.ONE_A, "Firstlight's OFFER", offer, 30),
                new Expect(Phase.TWO, "the preboot client is asked for", Sight.requestFor(program), 60),
                new Expect(Phase.THREE, "its facts are told", Sight.requestFor("/preboot\\?.*mac="), 120),
                new Never(Phase.CHECK, "port 4011 was not asked", Sight.proxyRequest()),
                new PowerOff(pc));
    }
}
