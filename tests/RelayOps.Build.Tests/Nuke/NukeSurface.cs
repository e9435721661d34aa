using System.Reflection;

namespace RelayOps.Build.Tests.Nuke;

/// <summary>Writes down what a set of assemblies offers to others, a line for each member.</summary>
internal static class NukeSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(IEnumerable<Assembly> assemblies) =>
        assemblies.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(Of).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Of(Type type)
    {
        yield return $"{Kind(type)} {type}";
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            yield return $"{type}: {type.GetMethod("Invoke")}";
            yield break;
        }

        foreach (var line in type.GetMembers(Declared).Select(Describe).OfType<string>())
            yield return $"{type}: {line}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => "class",
    };

    /// <summary>Null for what only the assembly itself sees, and for what every object has.</summary>
    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => $"{Static(field.IsStatic)}{field}",
        PropertyInfo property => Describe(property),
        ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor) => Describe(constructor, string.Empty),
        MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && method.GetBaseDefinition().DeclaringType != typeof(object) =>
            Describe(method, method is { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } ? "virtual " : string.Empty),
        _ => null,
    };

    private static string? Describe(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.Where(accessor => accessor is not null && IsVisible(accessor)).ToList();
        return accessors.Count == 0
            ? null
            : $"{Static(accessors[0]!.IsStatic)}{property} {{ {string.Join(' ', accessors.Select(accessor => accessor!.Name[..3]))} }}";
    }

    private static string Describe(MethodBase method, string modifiers)
    {
        var optional = method.GetParameters().Count(parameter => parameter.IsOptional);
        var isParams = method.GetParameters().LastOrDefault()?.IsDefined(typeof(ParamArrayAttribute)) == true;
        return $"{(method.IsPublic ? string.Empty : "protected ")}{Static(method.IsStatic)}{modifiers}{method}{(isParams ? " params" : string.Empty)}{(optional > 0 ? $" {optional} optional" : string.Empty)}";
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(bool isStatic) => isStatic ? "static " : string.Empty;
}
