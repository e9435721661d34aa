using System.Text.Json;
using RelayOps.Core.Encryption;
using RelayOps.Testing;
using RelayOps.Testing.Processes;

namespace RelayOps.Build.Tests.Workflows;

/// <summary>Runners have gpg and lack age: whatever seals or opens backups installs it first, where ENCRYPT_TO calls for it.</summary>
public sealed class WorkflowToolsTests
{
    private const string Script = """
        import { condition } from "./expressions.mjs";
        const [conditions, values] = JSON.parse(process.argv[1]);
        console.log(JSON.stringify(conditions.map(one => values.map(value => condition(one, { vars: value === null ? {} : { ENCRYPT_TO: value } }, true)))));
        """;

    private const string Age = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    private static readonly string?[] Recipients =
    [
        Age, $"# operations\n{Age}", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHkYd5pr9nUgpCzKR3JBFaIgAJHF2RBlkqRoeR+tKUDO me@example", "age-passphrase",
        "passphrase", "0123456789ABCDEF0123456789ABCDEF01234567", "keys/backup.asc", null,
    ];

    [Fact]
    public async Task Age_is_installed_before_a_step_that_may_need_it_and_only_where_encrypt_to_calls_for_it()
    {
        var jobs = WorkflowFile.Paths.SelectMany(path => WorkflowFile.Read(path).Jobs).Where(job => job.Steps.Any(step => step.Environment.Contains("IDENTITY"))).ToList();
        var conditions = jobs.Select(job => job.Steps.TakeWhile(step => !step.Environment.Contains("IDENTITY")).Single(step => step.Run == WorkflowPolicy.Installation).If).ToList();
        await NodePackages.EnsureAsync(CancellationToken.None);

        var output = await Shell.RunAsync(
            new ShellCommand("node", ["--input-type=module", "-e", Script, JsonSerializer.Serialize(new object[] { conditions, Recipients })]) { Directory = NodePackages.Directory },
            CancellationToken.None);

        Assert.Equal(["backup", "drill", "restore"], jobs.Select(job => job.Id));
        Assert.All(JsonSerializer.Deserialize<bool[][]>(output)!, installs =>
            Assert.Equal(Recipients.Select(value => (value, value is not null && EncryptionRecipients.Parse(value).Tool == "age")), Recipients.Zip(installs)));
    }
}
