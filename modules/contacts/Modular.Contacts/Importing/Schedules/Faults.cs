namespace Modular.Contacts.Importing.Schedules;

internal sealed record SourceUnknown(string Source) : Fault($"No active plugin offers the source '{Source}'. Ask whoever runs this installation for the plugin.")
{
    public override string Field => "source";
}

internal sealed record SettingMissing(string Setting, string Label) : Fault($"{Label} is missing.")
{
    public override string Field => "settings." + Setting;
}

internal sealed record SettingUnknown(string Setting, string Source) : Fault($"The source '{Source}' knows no setting '{Setting}'.")
{
    public override string Field => "settings." + Setting;
}

internal sealed record SettingsTooLong() : Fault("The settings are too long: at most 50, each of 4,000 characters.")
{
    public override string Field => "settings";
}

internal sealed record ScheduleRefused() : Fault("Give the schedule a name of 1 to 120 characters, and repeat it every 1 to 44,640 minutes.")
{
    public override string Field => "everyMinutes";
}

internal sealed record TooManySchedules(int Limit) : Fault($"A tenant can have {Limit} import schedules: delete one first.");
