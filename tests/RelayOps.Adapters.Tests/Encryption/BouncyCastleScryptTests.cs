using System.Text;
using System.Text.Json;
using RelayOps.Adapters.Encryption;
using RelayOps.Core.Encryption;

namespace RelayOps.Adapters.Tests.Encryption;

public class BouncyCastleScryptTests
{
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Derive_agrees_with_RFC_7914(string password, string salt, int cost, int blockSize, int parallelism, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(new BouncyCastleScrypt().Derive(
            Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(cost, blockSize, parallelism), 64)));

    [Fact]
    public void Derive_agrees_with_what_the_relay_derives()
    {
        using var fixture = JsonDocument.Parse(File.ReadAllText(FixturePath()));
        var password = Encoding.UTF8.GetBytes(fixture.RootElement.GetProperty("encryptionKey").GetString()!);

        Assert.All(fixture.RootElement.GetProperty("derivedKeys").EnumerateObject(), key => Assert.Equal(
            key.Value.GetString(),
            Convert.ToHexStringLower(new BouncyCastleScrypt().Derive(password, Encoding.UTF8.GetBytes(key.Name), ScryptCost.NodeDefault, 32))));
    }

    private static string FixturePath()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RelayOps.sln")))
            directory = directory.Parent!;
        return Path.Combine(directory.FullName, "tests", "Fixtures", "rdb", "accounts.json");
    }
}
