using System.Globalization;

namespace Modular.Host.Demo;

/// <summary>Which run is under way, kept in the data folder: a demo that was killed goes on where it stopped, one that ended is followed by a new run.</summary>
internal sealed class DemoState(string dataFolder)
{
    private readonly string _file = Path.Combine(dataFolder, "demo-run");

    public int Run => File.Exists(_file) && int.TryParse(File.ReadAllText(_file), NumberStyles.None, CultureInfo.InvariantCulture, out var run) ? run : 1;

    public void Begin(int run) => DurableFile.Replace(_file, System.Text.Encoding.ASCII.GetBytes(run.ToString(CultureInfo.InvariantCulture)));

    public void End(int run) => Begin(run + 1);
}
