namespace Modular.Tenancy.Policies;

/// <summary>How far a tenant may go in its policy: stricter than the defaults, and not so strict that nobody can work.</summary>
internal static class PolicyRules
{
    /// <returns>Names of the form's fields, each with what is wrong there.</returns>
    public static IReadOnlyList<(string Field, string Detail)> FaultsOf(AccessPolicy policy)
    {
        var faults = new List<(string, string)>();
        Within("Shortest", policy.Password.Shortest, PasswordPolicy.Floor, PasswordPolicy.Ceiling);
        if (policy.Password.LongestAgeDays is { } days) Within("LongestAgeDays", days, 1, 3650);
        Within("History", policy.Password.History, 0, PasswordPolicy.MostHistory);
        if (policy.Password.DeniedWords.Count > PasswordPolicy.MostDeniedWords) faults.Add(("DeniedWords", $"At most {PasswordPolicy.MostDeniedWords} words."));
        if (policy.Password.DeniedWords.FirstOrDefault(w => w.Length is < 3 or > 64) is { } word) faults.Add(("DeniedWords", $"'{word}' has not 3 to 64 characters."));
        Within("Attempts", policy.LockOut.Attempts, 3, 10);
        Within("Minutes", policy.LockOut.Minutes, 1, 1440);
        Within("IdleMinutes", policy.Session.IdleMinutes, 5, 1440);
        Within("LongestHours", policy.Session.LongestHours, 1, 168);
        return faults;

        void Within(string field, int value, int least, int most)
        {
            if (value < least || value > most) faults.Add((field, $"{least} to {most}."));
        }
    }
}
