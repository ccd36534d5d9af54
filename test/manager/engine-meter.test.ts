import { expect, test } from "bun:test";
import { EngineMeter } from "#manager/engine-meter.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeMarket } from "#test/support/supervised.ts";

class CountingMarket extends FakeMarket {
  frames = 0;
  override counters() {
    return { ...super.counters(), frames: this.frames, feeds: 3 };
  }
}

function meterOf(market: CountingMarket, clock: FakeClock): EngineMeter {
  const latency = { percentiles: () => ({ p50Ms: 1, p99Ms: 2 }) };
  return new EngineMeter({ pid: process.pid, market, latency, clock });
}

test("rates are unknown until a second has passed", () => {
  const meter = meterOf(new CountingMarket(), new FakeClock());
  expect(meter.view()).toMatchObject({
    connected: true,
    feeds: 3,
    framesPerSecond: null,
    cpuPercent: null,
    latency: { p50Ms: 1, p99Ms: 2 },
  });
});

test("frames a second are those of the last five seconds", () => {
  const [market, clock] = [new CountingMarket(), new FakeClock()];
  const meter = meterOf(market, clock);
  market.frames = 1000;
  clock.advance(1000);
  expect(meter.view().framesPerSecond).toBe(1000);
  for (let second = 0; second < 5; second++) {
    market.frames += 20;
    clock.advance(1000);
  }
  expect(meter.view().framesPerSecond).toBe(20);
});

test("memory and cpu are the process's own", () => {
  const clock = new FakeClock();
  const meter = meterOf(new CountingMarket(), clock);
  clock.advance(1000);
  const { memoryBytes, cpuPercent } = meter.view();
  expect(memoryBytes).toBeGreaterThan(1 << 20);
  expect(cpuPercent).toBeGreaterThanOrEqual(0);
});

test("when it is closed it measures no more", () => {
  const [market, clock] = [new CountingMarket(), new FakeClock()];
  const meter = meterOf(market, clock);
  clock.advance(1000);
  meter.close();
  market.frames = 5000;
  clock.advance(10_000);
  expect(meter.view().framesPerSecond).toBe(0);
});
