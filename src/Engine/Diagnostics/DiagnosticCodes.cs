using static Culvert.Engine.Diagnostics.DiagnosticSeverity;

namespace Culvert.Engine.Diagnostics;

/// <summary>
/// Every kind of mistake. CV10xx: the file as a whole; CV11xx: keys and values; CV12xx: plugins; CV13xx: test files; CV20xx: the order of the stages;
/// CV21xx: the MTU plan; CV22xx: what stages must agree on. A number is never used again for something else.
/// </summary>
internal static class DiagnosticCodes
{
    public static readonly DiagnosticCode FileMissing = new("CV1001", Error, "the file does not exist");
    public static readonly DiagnosticCode FileUnreadable = new("CV1002", Error, "the file cannot be read");
    public static readonly DiagnosticCode FileEmpty = new("CV1003", Error, "the file is empty");
    public static readonly DiagnosticCode NotYaml = new("CV1004", Error, "the file is not YAML");
    public static readonly DiagnosticCode Tab = new("CV1005", Error, "a tab in the indentation");
    public static readonly DiagnosticCode ManyDocuments = new("CV1006", Error, "more than one document");
    public static readonly DiagnosticCode FileOpenToOthers = new("CV1007", Error, "a file that other users can change");
    public static readonly DiagnosticCode UnsupportedYaml = new("CV1008", Error, "a tag or a merge key");

    public static readonly DiagnosticCode UnknownKey = new("CV1101", Error, "unknown key");
    public static readonly DiagnosticCode DuplicateKey = new("CV1102", Error, "duplicate key");
    public static readonly DiagnosticCode MissingKey = new("CV1103", Error, "a required key is missing");
    public static readonly DiagnosticCode WrongType = new("CV1104", Error, "a value that is not of the key's type");
    public static readonly DiagnosticCode OutOfRange = new("CV1105", Error, "a value out of range");
    public static readonly DiagnosticCode RuleBroken = new("CV1106", Error, "a rule of the stage is broken");
    public static readonly DiagnosticCode RuleWarning = new("CV1107", Warning, "a rule of the stage warns");
    public static readonly DiagnosticCode DuplicateId = new("CV1108", Error, "two entries with one id");
    public static readonly DiagnosticCode BadId = new("CV1109", Error, "an id that is not a plain word");
    public static readonly DiagnosticCode UnsetVariable = new("CV1110", Error, "an environment variable that is not set");
    public static readonly DiagnosticCode FolderUnreadable = new("CV1111", Error, "a folder of list items that cannot be read");

    public static readonly DiagnosticCode UnknownStage = new("CV1201", Error, "unknown stage");
    public static readonly DiagnosticCode UnknownPlugin = new("CV1202", Error, "unknown plugin");
    public static readonly DiagnosticCode AmbiguousStage = new("CV1203", Error, "two plugins offer one stage name");
    public static readonly DiagnosticCode PluginUnusable = new("CV1204", Error, "the named plugin cannot be used");
    public static readonly DiagnosticCode PluginIgnored = new("CV1205", Warning, "a plugin folder is ignored");
    public static readonly DiagnosticCode PluginPathMissing = new("CV1206", Error, "a plugin path does not exist");
    public static readonly DiagnosticCode OtherSystem = new("CV1207", Error, "a stage for another operating system");
    public static readonly DiagnosticCode StageMistake = new("CV1208", Error, "a stage breaks the contract");
    public static readonly DiagnosticCode PluginChanged = new("CV1209", Warning, "a plugin changed since it was loaded");
    public static readonly DiagnosticCode PluginOpenToOthers = new("CV1210", Error, "a plugin that other users can change");

    public static readonly DiagnosticCode TestMistake = new("CV1301", Error, "a test that cannot run");

    public static readonly DiagnosticCode KindsDoNotMeet = new("CV2001", Error, "neighbours that do not fit");
    public static readonly DiagnosticCode NoHostEnd = new("CV2002", Error, "no host end");
    public static readonly DiagnosticCode NoNetworkEnd = new("CV2003", Error, "no network end");
    public static readonly DiagnosticCode SecondHostEnd = new("CV2004", Error, "two host ends");
    public static readonly DiagnosticCode SecondNetworkEnd = new("CV2005", Error, "two network ends");
    public static readonly DiagnosticCode HostEndNotFirst = new("CV2006", Error, "the host end is not first");
    public static readonly DiagnosticCode NetworkEndNotLast = new("CV2007", Error, "the network end is not last");
    public static readonly DiagnosticCode NoStages = new("CV2008", Error, "no stages");
    public static readonly DiagnosticCode CannotBypass = new("CV2009", Error, "a stage that cannot be bypassed");
    public static readonly DiagnosticCode CannotPassBy = new("CV2010", Error, "a stage that packets cannot pass by");
    public static readonly DiagnosticCode CannotShadow = new("CV2011", Error, "a shadow that does not fit its stage");

    public static readonly DiagnosticCode MtuTooSmall = new("CV2101", Error, "the MTU plan ends too small");
    public static readonly DiagnosticCode MtuTooSmallForIpv6 = new("CV2102", Warning, "the MTU plan is too small for IPv6");
    public static readonly DiagnosticCode MtuAbovePlan = new("CV2103", Warning, "an MTU larger than the plan gives");

    public static readonly DiagnosticCode UnusableAddress = new("CV2201", Warning, "an address that no host can have");
    public static readonly DiagnosticCode RouteWithoutPeer = new("CV2202", Warning, "a route that no peer serves");
    public static readonly DiagnosticCode PeerWithoutRoute = new("CV2203", Warning, "allowed-ips that no route leads to");
    public static readonly DiagnosticCode PeerAddressMissing = new("CV2204", Warning, "a peer without an address in the tunnel");
    public static readonly DiagnosticCode OwnAddressAllowed = new("CV2205", Warning, "this end's address in allowed-ips");
    public static readonly DiagnosticCode EndpointInRoutes = new("CV2206", Warning, "an endpoint inside the routes");
    public static readonly DiagnosticCode NoPeers = new("CV2207", Warning, "a tunnel without peers");
    public static readonly DiagnosticCode OwnEndpoint = new("CV2208", Warning, "an endpoint that is this end");
    public static readonly DiagnosticCode EndpointFamily = new("CV2209", Warning, "an endpoint of the other family");
    public static readonly DiagnosticCode ControlSocket = new("CV2210", Warning, "a path where no control socket can be");

    /// <summary>All codes, in ascending order.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        .. typeof(DiagnosticCodes).GetFields()
            .Select(field => field.GetValue(null)).OfType<DiagnosticCode>().OrderBy(code => code.Id, StringComparer.Ordinal),
    ];
}
