using Modular.Host.Settings;
using Modular.Testing;

namespace Modular.Host.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly TestFolder _folder = new("settings");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_and_settings_are_parted()
    {
        var read = Invocation.Read(["tenant", "create", "acme", "--name", "Acme", "--Delivery:Mode=mx", "--port-base", "9000"]);

        Assert.Equal(["tenant", "create", "acme", "--name", "Acme"], read.Words);
        Assert.Equal("mx", read.Settings["Delivery:Mode"]);
        Assert.Equal("9000", read.Settings["Host:PortBase"]);
    }

    [Fact]
    public void What_stands_behind_two_dashes_is_left_alone() =>
        Assert.Equal(["mail", "--", "--port-base", "x"], Invocation.Read(["mail", "--", "--port-base", "x"]).Words);

    [Fact]
    public void An_equals_sign_in_a_commands_own_option_is_no_setting() =>
        Assert.Equal(["bench", "--sink=127.0.0.1:25"], Invocation.Read(["bench", "--sink=127.0.0.1:25"]).Words);

    [Fact]
    public void A_flag_wins_over_the_data_folders_file()
    {
        File.WriteAllText(_folder.File("modular.json"), """{ "Delivery": { "Mode": "capture", "Threads": "4" } }""");

        var settings = SuiteSettings.Read(_folder.Path, new Dictionary<string, string?> { ["Delivery:Mode"] = "mx" });

        Assert.Equal(("mx", "4"), (settings["Delivery:Mode"], settings["Delivery:Threads"]));
    }

    [Fact]
    public void A_secret_is_read_from_the_file_that_a_setting_names()
    {
        File.WriteAllText(_folder.File("secret"), "s3cret\n");
        File.WriteAllText(_folder.File("modular.json"), $$"""{ "Database": { "ConnectionString_FILE": "{{_folder.File("secret")}}" } }""");

        Assert.Equal("s3cret", SuiteSettings.Read(_folder.Path, new Dictionary<string, string?>())["Database:ConnectionString"]);
    }

    [Fact]
    public void A_secrets_file_that_is_not_there_is_named()
    {
        File.WriteAllText(_folder.File("modular.json"), """{ "Database": { "ConnectionString_FILE": "/nowhere/secret" } }""");

        var refused = Assert.Throws<CannotStartException>(() => SuiteSettings.Read(_folder.Path, new Dictionary<string, string?>()));

        Assert.Contains("Database:ConnectionString_FILE", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_settings_file_is_named()
    {
        File.WriteAllText(_folder.File("modular.json"), "{ broken");

        Assert.Contains("modular.json", Assert.Throws<CannotStartException>(() => SuiteSettings.Read(_folder.Path, new Dictionary<string, string?>())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_number_moves_all_ports()
    {
        var ports = Read(("Host:PortBase", "9000")).Facts.Ports;

        Assert.Equal(new HostPorts(Console: 9000, Gateway: 9001, Submission: 9002, Smtps: 9003, Capture: 9004, Https: 9005), ports);
    }

    [Fact]
    public void A_port_named_by_itself_wins_over_the_base() =>
        Assert.Equal(25, Read(("Host:PortBase", "9000"), ("Host:Ports:Gateway", "25")).Facts.Ports.Gateway);

    [Theory]
    [InlineData("Host:PortBase", "65534")]
    [InlineData("Host:Ports:Console", "http")]
    [InlineData("Host:Address", "localhost")]
    [InlineData("Host:PublicUrl", "ftp://example.com")]
    [InlineData("Host:PublicUrl", "mail.example.com")]
    [InlineData("Host:Roles", "web,sendr")]
    public void A_setting_that_makes_no_sense_is_refused_by_name(string name, string value) =>
        Assert.Contains(value, Assert.Throws<CannotStartException>(() => Read((name, value), everything: null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Roles_are_picked_by_their_names() =>
        Assert.Equal(HostRoles.Web | HostRoles.Worker, Read(("Host:Roles", "web, worker"), everything: null).Facts.Roles);

    private HostSettings Read(params (string Name, string Value)[] settings) =>
        HostSettings.Read(SuiteSettings.Read(_folder.Path, settings.ToDictionary(s => s.Name, s => (string?)s.Value)), _folder.Path, HostRoles.All);

    private HostSettings Read((string Name, string Value) setting, HostRoles? everything) =>
        HostSettings.Read(SuiteSettings.Read(_folder.Path, new Dictionary<string, string?> { [setting.Name] = setting.Value }), _folder.Path, everything);
}
