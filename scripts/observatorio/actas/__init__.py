"""El libro de actas: qué sesiones hubo, qué se acordó y qué versión de cada producto se decidió.

``data/gobernanza/calendario.yml`` dice cuándo toca sesionar; ``sesiones/``, una sesión por archivo,
sellada al cerrarse y encadenada con la anterior de su comité; ``versiones/``, el contenido exacto
sobre el que se opinó y se decidió. Nombres de personas, ninguno: quedan en el acta privada.
"""
