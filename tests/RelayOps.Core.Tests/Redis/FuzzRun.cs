using System.Diagnostics;
using System.Globalization;

namespace RelayOps.Core.Tests.Redis;

/// <summary>
/// Damages sound inputs at random and hands them to a reader. In CI with a fixed seed and number; with RELAYOPS_FUZZ_SECONDS for so long, from
/// RELAYOPS_FUZZ_SEED or a new seed. A failure names the seed, the round and the input.
/// </summary>
internal static class FuzzRun
{
    private const int Seed = 20250805;

    private static readonly byte[][] Telling =
        [[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0x7F, 0xFF, 0xFF, 0xFF],
        [0x80, 0xFF, 0xFF, 0xFF, 0xFF], [0xC3], [0xC0], [0xFE], [0xFC], [0x7F], [0x80], [0], [0xC3, 0x40, 0xFF, 0x80, 0x01, 0, 0, 0]];

    /// <param name="samples">Sound inputs.</param>
    /// <param name="rounds">How many damaged ones to try in CI.</param>
    /// <param name="read">Throws what is a failure; a refusal is none.</param>
    public static void Try(IReadOnlyList<byte[]> samples, int rounds, Action<byte[]> read)
    {
        var seconds = Environment.GetEnvironmentVariable("RELAYOPS_FUZZ_SECONDS") is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : 0;
        var seed = seconds == 0 ? Seed : Environment.GetEnvironmentVariable("RELAYOPS_FUZZ_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < rounds || watch.Elapsed.TotalSeconds < seconds; round++)
        {
            var input = Damage(random, samples);
            try
            {
                read(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {failure.GetType().Name} on {Convert.ToBase64String(input)}", failure);
            }
        }
    }

    private static byte[] Damage(Random random, IReadOnlyList<byte[]> samples)
    {
        var bytes = new List<byte>(samples[random.Next(samples.Count)]);
        for (var times = 1 + random.Next(4); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(1 + random.Next(8), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 4:
                    Overwrite(bytes, at, Telling[random.Next(Telling.Length)]);
                    break;
                default:
                    var other = samples[random.Next(samples.Count)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(64), other.Length - from)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] telling)
    {
        for (var i = 0; i < telling.Length && at + i < bytes.Count; i++)
            bytes[at + i] = telling[i];
    }
}
