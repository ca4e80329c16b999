import Testing

@testable import BatchUp

@Suite struct DeliveryStatisticsTests {
  private func statistics(
    waited: Duration, gathering: Duration = .zero, loading: Duration = .zero, mapping: Duration = .zero,
    workers: Int = 4
  ) -> DeliveryStatistics {
    var statistics = DeliveryStatistics()
    statistics.batchCount = 10
    statistics.elapsed = .seconds(10)
    statistics.consumerWaited = waited
    statistics.workerCount = workers
    statistics.workersWorked = .seconds(20)
    statistics.gathering = gathering
    statistics.loading = loading
    statistics.mapping = mapping
    return statistics
  }

  @Test func theVerdictNamesTheLimit() {
    #expect(DeliveryStatistics().verdict == "nothing was delivered")
    #expect(
      statistics(waited: .milliseconds(490)).verdict
        == "the consumer waited 5 % of the time: it is the limit, not the data")
    #expect(
      statistics(waited: .seconds(6), loading: .seconds(15), mapping: .seconds(3)).verdict
        == "the consumer waited 60 % of the time: loading is the limit, 4 workers busy 50 %")
    #expect(
      statistics(waited: .seconds(6), gathering: .seconds(11), workers: 2).verdict
        == "the consumer waited 60 % of the time: copying rows is the limit, 2 workers busy 100 %")
    #expect(
      statistics(waited: .milliseconds(500), loading: .seconds(4), mapping: .seconds(11)).verdict
        == "the consumer waited 5 % of the time: the map closure is the limit, 4 workers busy 50 %")
    #expect(
      statistics(waited: .seconds(6), loading: .seconds(4), workers: 1).verdict
        == "the consumer waited 60 % of the time: preparing batches is the limit, 1 worker busy 200 %")
  }

  @Test func shares() {
    #expect(DeliveryStatistics().waitingShare == 0)
    #expect(DeliveryStatistics().workingShare == 0)
    #expect(statistics(waited: .seconds(4)).waitingShare == 0.4)
    #expect(statistics(waited: .zero, workers: 0).workingShare == 0)
  }
}
