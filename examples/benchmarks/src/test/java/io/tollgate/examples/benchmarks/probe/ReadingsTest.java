package io.tollgate.examples.benchmarks.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ReadingsTest {
    @Test
    void findsTheTicksOfAProcessWhateverItsNameIs() {
        String stat = "42 (a) name (of (sorts) R 1 42 42 0 -1 4194304 100 200 0 0 1234 66 5000 7 20 0 30 0 9999 1 2";

        assertThat(ProcessReading.ticks(stat)).containsExactly(1_300, 5_007);
    }

    @Test
    void readsANumberWithOrWithoutItsUnit() {
        List<String> status = List.of("Name:\tjava", "VmRSS:\t  365432 kB", "voluntary_ctxt_switches:\t17");

        assertThat(ProcessReading.field(status, "VmRSS:")).isEqualTo(365_432);
        assertThat(ProcessReading.field(status, "voluntary_ctxt_switches:")).isEqualTo(17);
        assertThat(ProcessReading.field(status, "VmSwap:")).isZero();
    }

    @Test
    void countsAllTimeOfTheMachineButIdleAndInterrupts() {
        assertThat(MachineReading.of("cpu  1000 200 30 90000 500 60 70 4 0 0").busyTicks())
                .isEqualTo(1_000 + 200 + 30 + 4);
    }

    @Test
    void tellsScriptsFromTheCommandsInThem() {
        RedisReading reading = RedisReading.parse("# Commandstats\r\n"
                + "cmdstat_evalsha:calls=10,usec=50,usec_per_call=5.00\r\n"
                + "cmdstat_hmget:calls=10,usec=5,usec_per_call=0.50\r\n"
                + "cmdstat_eval:calls=1,usec=9,usec_per_call=9.00\r\n"
                + "cmdstat_info:calls=3,usec=9,usec_per_call=3.00\r\n");

        assertThat(reading).isEqualTo(new RedisReading(11, 21));
    }

    @Test
    void addsUpWhatThreadsAllocatedEvenWhereTheyCameLater() {
        Map<Long, Long> before = Map.of(1L, 100L, 2L, 500L);
        Map<Long, Long> after = Map.of(1L, 150L, 3L, 7L);

        assertThat(JvmProbe.difference(before, after)).isEqualTo(57);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsThisProcess() throws Exception {
        ProcessReading reading = ProcessReading.of(ProcessHandle.current().pid());

        assertThat(reading.cpuTicks()).isPositive();
        assertThat(reading.residentBytes()).isGreaterThan(1 << 20);
        assertThat(reading.contextSwitches()).isPositive();
        assertThat(MachineReading.now().busyTicks()).isPositive();
        assertThat(Machine.current().line()).contains("cores", "GiB");
    }
}
