namespace Culvert.Host.Doctor;

/// <summary>The result of all checks.</summary>
/// <param name="Findings">What was found.</param>
/// <param name="NotChecked">The checks that could not look, with the reason.</param>
/// <param name="Checks">The number of checks.</param>
internal sealed record Examination(IReadOnlyList<Finding> Findings, IReadOnlyList<(string Check, string Reason)> NotChecked, int Checks)
{
    /// <summary>Runs every check. One that fails does not keep the others from looking.</summary>
    public static Examination Of(Site site)
    {
        var findings = new List<Finding>();
        var notChecked = new List<(string, string)>();
        Check[] checks = [.. Doctor.Checks.OfFile, .. Doctor.Checks.OfMachine, .. Doctor.Checks.OfRunning];
        foreach (var check in checks)
        {
            try
            {
                findings.AddRange(Doctor.Checks.Run([check], site));
            }
            catch (NotCheckedException reason)
            {
                notChecked.Add((check.Name, reason.Message));
            }
            catch (Exception error)
            {
                notChecked.Add((check.Name, $"this is a bug of the program: {error.GetType().Name}: {error.Message}"));
            }
        }

        return new Examination(findings, notChecked, checks.Length);
    }
}
