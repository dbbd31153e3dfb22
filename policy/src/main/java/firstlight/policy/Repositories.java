package firstlight.policy;

import firstlight.policy.work.WorkQueue;

/** Where decisions look, and where they leave what follows from them. All of them are for several threads at once. */
public record Repositories(
        Devices devices,
        WorkQueue queue,
        Transactions transactions,
        Questions questions,
        Alarms alarms,
        Images images) {}
