import Agents
import ArgumentParser

/// `tapedeck sweep`: many forks of one tape.
struct Sweep<Roster: AgentRoster>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "sweep", abstract: "Run many forks: ticks x interventions x seeds.",
      discussion: """
        A sweep is planned into a folder, run in as many parts as wanted, on one machine or many, \
        stopped and gone on with at will, and merged. A result is named by a hash of all that it \
        depends on, and what is there is not run again; the merged digest does not depend on how it \
        was run.

          tapedeck sweep plan run.tape --ticks 100..900:100 \
        --change later=agents.MM_01.latency.command=5ms --seeds 20 -o sweep

          tapedeck sweep run sweep

          tapedeck sweep merge sweep --csv effects.csv
        """,
      subcommands: [
        SweepPlanning<Roster>.self, SweepRun<Roster>.self, SweepStatus.self,
        SweepMerge<Roster>.self,
      ])
  }
}
