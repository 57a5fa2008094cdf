"""Enviar por correo el boletín de una sesión a las instituciones de su comité.

    _sesiones/<comité>/<sesión>/ ──┐
    reservado/correo/              ├─ revisar todo ─▶ carta ─▶ ``publicacion.correo``, o .eml
    el libro de actas ─────────────┘

Nada se envía, ni se anota, con un solo defecto. Direcciones y clave salen de ``reservado/correo/``,
que git no guarda, o de las variables ``OBSERVATORIO_CORREO_…``.
"""
