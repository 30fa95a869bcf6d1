package io.tollgate.examples.benchmarks.report;

import static io.tollgate.examples.benchmarks.report.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class FiguresTest {
    private static final Row FLOOR = new Row("floor", Row.Role.FLOOR, List.of(run(1, 20), run(2, 25), run(3, 24)));

    @Test
    void showsMediansTheirSpreadAndTheRatioToTheFloor() {
        Row ours = new Row("Tollgate", Row.Role.GATEWAY, List.of(run(1, 50), run(2, 48), run(3, 60)));

        assertThat(Figures.speed(List.of(new Section("purchase", List.of(ours, FLOOR)))))
                .isEqualTo("""
                        | scenario, process  | requests/s | p50 ms | p99 ms | p99.9 ms | errors | CPU us |   min to max | x floor |
                        | ------------------ | ---------: | -----: | -----: | -------: | -----: | -----: | -----------: | ------: |
                        | purchase: Tollgate |     20,000 |   2.90 |   7.10 |     9.00 |      0 |   50.0 | 48.0 to 60.0 |    2.08 |
                        | purchase: floor    |     20,000 |   2.90 |   7.10 |     9.00 |      0 |   24.0 | 20.0 to 25.0 |         |
                        """);
    }

    @Test
    void leavesDisturbedRunsOutAndMarksTheirRow() {
        Row row = new Row("Tollgate", Row.Role.GATEWAY, List.of(run(1, 50), run(2, 90, 0.3), run(3, 52)));

        assertThat(Figures.speed(List.of(new Section("purchase", List.of(row)))))
                .contains("purchase: Tollgate *", " 51.0 ", "50.0 to 52.0");
        assertThat(Figures.resources(List.of(new Section("purchase", List.of(row)))))
                .contains("3, 1 disturbed");
    }

    @Test
    void countsDisturbedRunsWhereThereAreNoOthers() {
        Row row = new Row("Tollgate", Row.Role.GATEWAY, List.of(run(1, 50, 0.3), run(2, 90, 0.3), run(3, 60, 0.3)));

        assertThat(Figures.speed(List.of(new Section("purchase", List.of(row)))))
                .contains(" 60.0 ");
    }

    @Test
    void drawsABarForEveryRow() throws Exception {
        String svg = Chart.svg(List.of(new Section(
                "a < b & c", List.of(new Row("Tollgate", Row.Role.GATEWAY, List.of(run(1, 50))), FLOOR))));

        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(2);
        assertThat(document.getDocumentElement().getTextContent()).contains("a < b & c", "50.0", "24.0");
    }

    @Test
    void cutsABarThatWouldDwarfTheOthers() {
        Row forged = new Row("forged", Row.Role.GATEWAY, List.of(run(1, 1_000)));

        assertThat(Chart.svg(List.of(new Section("purchase", List.of(FLOOR, FLOOR, forged)))))
                .contains("1,000.0 (cut)", ">24.0<");
    }

    @Test
    void writesALineForEveryRun() {
        assertThat(ResultsFile.csv(List.of(run(1, 50), run(2, 48))).lines())
                .hasSize(3)
                .contains(
                        "purchase,Tollgate,1,wrk,100000,5.000,0,2900,7100,9000,50.00,360.0,25000.0,1.500,1.000,5.000,0.0100,false");
    }
}
